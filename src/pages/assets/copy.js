// Adds a button to each block of code. Browsers offer the clipboard only to pages from localhost or over HTTPS.
for (const block of navigator.clipboard ? document.querySelectorAll('pre') : []) {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'copy secondary'
  button.textContent = 'Copy'
  button.setAttribute('aria-label', `Copy: ${block.previousElementSibling.textContent}`)
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(block.textContent)
    button.textContent = 'Copied'
    setTimeout(() => (button.textContent = 'Copy'), 2000)
  })
  block.before(button)
}
