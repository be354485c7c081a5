/** The layout of all mails. Both parts are made from one template, so that they always say the same. */
import escapeHtml from 'escape-html'
import type { Colors } from '../brand/colors.ts'
import type { MailLogo } from '../brand/logos.ts'
import { fill, valueOf, type Template } from './template.ts'

export type Sender = {
  /** The name of the product. */
  product: string
  productUrl: string | undefined
  /** The host from which the mails are sent. */
  host: string
  button: Colors['button']
  logo: MailLogo | undefined
  /** The links in the footer, to the terms of use and the privacy policy. */
  links: readonly { label: string; url: string }[]
}
type Values = Record<string, string>

/** The Content-ID of the logo. A mail contains its logo, because mail readers do not load images of other hosts. */
export const logoId = 'logo@gatehouse'

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
  button: 'display:inline-block;margin:4px 0;padding:12px 24px;border-radius:8px;font-weight:600;text-decoration:none',
  logo: 'display:block;border:0;max-width:100%;height:auto',
  link: 'color:inherit;font-weight:600',
  url: 'margin:0 0 16px;font-size:14px;word-break:break-word;opacity:.8',
  footer: 'margin-top:32px;padding-top:16px;border-top:1px solid rgba(128,128,128,.4);font-size:14px',
  footerText: 'margin:0 0 4px;opacity:.8',
}

/** Renders the text part. The line `-- ` begins a signature, which mail readers show as less important. */
export function toText(
  { blocks, reason }: Template,
  values: Values,
  { product, productUrl, host, links }: Sender,
): string {
  const paragraphs = blocks.map((block) =>
    block.kind === 'text'
      ? block.lines.map((line) => fill(line, values)).join('\n')
      : `${block.label}:\n${valueOf(values, block.placeholder)}`,
  )
  const names = [...new Set([product, host])].join(' · ')
  const urls = [...(productUrl === undefined ? [] : [productUrl]), ...links.map(({ label, url }) => `${label}: ${url}`)]
  const footer = ['-- ', fill(reason, values), names, ...urls]
  return `${[...paragraphs, footer.join('\n')].join('\n\n')}\n`
}

/** Renders the HTML part. */
export function toHtml(template: Template, language: string, values: Values, sender: Sender): string {
  const { blocks, subject, preview, reason } = template
  const write = (text: string) => fill(escapeHtml(text), values, escapeHtml)
  const button = blocks.find(({ kind }) => kind === 'link')
  const content = blocks.map((block) => {
    if (block.kind === 'link') return renderLink(block, values, block === button ? sender.button : undefined)
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
<p style="${styles.footerText}">${[...new Set([sender.product, sender.host])].map((name) => escapeHtml(name)).join(' · ')}</p>${renderFooterLinks(sender)}
</div>
</footer>
</div>
</body>
</html>
`
}

/** The first link of a mail is a button. The URL with the code is also shown, for mail readers that break buttons. */
function renderLink(
  { label, placeholder }: { label: string; placeholder: string },
  values: Values,
  button: Colors['button'] | undefined,
) {
  const url = escapeHtml(valueOf(values, placeholder))
  const style = button ? `${styles.button};background:${button.background};color:${button.text}` : styles.link
  const link = `<a href="${url}" style="${style}">${escapeHtml(label)}</a>`
  const paragraph = `<p style="${styles.paragraph}">${link}</p>`
  return placeholder === 'link' ? `${paragraph}\n<p style="${styles.url}">${url}</p>` : paragraph
}

function renderFooterLinks({ links }: Sender): string {
  if (links.length === 0) return ''
  const anchors = links.map(
    ({ label, url }) => `<a href="${escapeHtml(url)}" style="color:inherit">${escapeHtml(label)}</a>`,
  )
  return `\n<p style="${styles.footerText}">${anchors.join(' · ')}</p>`
}

/** Shows the logo, or the name. Mail readers that show no images show the name in place of the logo. */
function renderProduct({ product, productUrl, logo }: Sender, style: string): string {
  const name = logo
    ? `<img src="cid:${logoId}" alt="${escapeHtml(product)}" width="${logo.width}" height="${logo.height}" style="${styles.logo}">`
    : escapeHtml(product)
  return productUrl === undefined ? name : `<a href="${escapeHtml(productUrl)}" style="${style}">${name}</a>`
}
