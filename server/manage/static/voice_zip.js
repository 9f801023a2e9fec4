/** Says before a long upload that the file is too large: the server would only hang up on it. */
export function mount(form) {
  const input = form.querySelector("[type=file]")
  const said = form.querySelector("[data-said]")
  form.addEventListener("submit", event => {
    const large = input.files.length && input.files[0].size > Number(form.dataset.most)
    said.textContent = large ? form.dataset.large : ""
    if (large) event.preventDefault()
  })
}
