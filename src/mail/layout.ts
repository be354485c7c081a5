import escapeHtml from 'escape-html'
import { fill, valueOf, type Template } from './template.ts'

// Only the button has colours, so that the rest of the mail has the light or dark colours of the mail reader.
const page = 'margin:0;padding:24px 16px;font:16px/1.5 system-ui,-apple-system,Segoe UI,Roboto,sans-serif'
const column = 'max-width:560px;margin:0 auto'
const button =
  'display:inline-block;padding:10px 20px;border-radius:6px;background:#1d4ed8;color:#ffffff;font-weight:600;text-decoration:none'

/** Renders the HTML part from the template and values of the text part, so that both parts always say the same. */
export function toHtml(template: Template, language: string, values: Record<string, string>): string {
  const blocks = template.blocks.flatMap((block) => {
    if (block.kind === 'text') return [`<p>${fill(escapeHtml(block.text), values, escapeHtml)}</p>`]
    const url = escapeHtml(valueOf(values, block.placeholder))
    return [
      `<p><a href="${url}" style="${button}">${escapeHtml(block.label)}</a></p>`,
      `<p style="font-size:14px;word-break:break-all">${url}</p>`,
    ]
  })
  return `<!doctype html>
<html lang="${escapeHtml(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${fill(escapeHtml(template.subject), values, escapeHtml)}</title>
</head>
<body style="${page}">
<div style="${column}">
${blocks.join('\n')}
</div>
</body>
</html>
`
}
