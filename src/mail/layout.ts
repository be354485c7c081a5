/** The layout of all mails. Both parts are made from one template, so that they always say the same. */
import escapeHtml from 'escape-html'
import { fill, valueOf, type Template } from './template.ts'

export type Sender = {
  /** The name of the product. */
  product: string
  productUrl: string | undefined
  /** The host from which the mails are sent. */
  host: string
}
type Values = Record<string, string>

// Many mail readers ignore style sheets, so styles are inline. Only the button has colours of its own, so that the
// rest of the mail has the light or dark colours of the mail reader; greys are transparent for the same reason.
const styles = {
  page: 'margin:0;padding:32px 16px;font:16px/1.5 system-ui,-apple-system,Segoe UI,Roboto,sans-serif',
  preview: 'display:none;max-height:0;overflow:hidden',
  column: 'max-width:560px;margin:0 auto;overflow-wrap:break-word',
  brand: 'margin:0 0 32px;font-size:18px;font-weight:700',
  brandLink: 'color:inherit;text-decoration:none',
  title: 'margin:0 0 20px;font-size:24px;line-height:1.3;font-weight:700;text-wrap:balance',
  paragraph: 'margin:0 0 16px',
  facts: 'margin:0 0 16px;padding:4px 0 4px 16px;border-left:3px solid rgba(128,128,128,.5)',
  button:
    'display:inline-block;margin:4px 0;padding:12px 24px;border-radius:8px;background:#3b63e3;color:#ffffff;font-weight:600;text-decoration:none',
  link: 'color:inherit;font-weight:600',
  url: 'margin:0 0 16px;font-size:14px;word-break:break-word;opacity:.8',
  footer: 'margin-top:32px;padding-top:16px;border-top:1px solid rgba(128,128,128,.4);font-size:14px',
  footerText: 'margin:0 0 4px;opacity:.8',
}

/** Renders the text part. The line `-- ` begins a signature, which mail readers show as less important. */
export function toText({ blocks, reason }: Template, values: Values, { product, productUrl, host }: Sender): string {
  const paragraphs = blocks.map((block) =>
    block.kind === 'text'
      ? block.lines.map((line) => fill(line, values)).join('\n')
      : `${block.label}:\n${valueOf(values, block.placeholder)}`,
  )
  const names = [...new Set([product, host])].join(' · ')
  const footer = ['-- ', fill(reason, values), names, ...(productUrl === undefined ? [] : [productUrl])]
  return `${[...paragraphs, footer.join('\n')].join('\n\n')}\n`
}

/** Renders the HTML part. */
export function toHtml(template: Template, language: string, values: Values, sender: Sender): string {
  const { blocks, subject, preview, reason } = template
  const write = (text: string) => fill(escapeHtml(text), values, escapeHtml)
  const button = blocks.find(({ kind }) => kind === 'link')
  const content = blocks.map((block) => {
    if (block.kind === 'link') return renderLink(block, values, block === button)
    const [line = '', ...others] = block.lines.map(write)
    if (others.length === 0) return `<p style="${styles.paragraph}">${line}</p>`
    return `<div style="${styles.facts}">${[line, ...others].map((each) => `<div>${each}</div>`).join('')}</div>`
  })
  return `<!doctype html>
<html lang="${escapeHtml(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${write(subject)}</title>
</head>
<body style="${styles.page}">
<div style="${styles.preview}">${write(preview)}</div>
<div style="${styles.column}">
<header>
<p style="${styles.brand}">${renderProduct(sender, styles.brandLink)}</p>
</header>
<main>
<h1 style="${styles.title}">${write(subject)}</h1>
${content.join('\n')}
</main>
<footer>
<div style="${styles.footer}">
<p style="${styles.footerText}">${write(reason)}</p>
<p style="${styles.footerText}">${[...new Set([sender.product, sender.host])].map((name) => escapeHtml(name)).join(' · ')}</p>
</div>
</footer>
</div>
</body>
</html>
`
}

/** The first link of a mail is a button. The URL with the code is also shown, for mail readers that break buttons. */
function renderLink({ label, placeholder }: { label: string; placeholder: string }, values: Values, isButton: boolean) {
  const url = escapeHtml(valueOf(values, placeholder))
  const link = `<a href="${url}" style="${isButton ? styles.button : styles.link}">${escapeHtml(label)}</a>`
  const paragraph = `<p style="${styles.paragraph}">${link}</p>`
  return placeholder === 'link' ? `${paragraph}\n<p style="${styles.url}">${url}</p>` : paragraph
}

function renderProduct({ product, productUrl }: Sender, style: string): string {
  const name = escapeHtml(product)
  return productUrl === undefined ? name : `<a href="${escapeHtml(productUrl)}" style="${style}">${name}</a>`
}
