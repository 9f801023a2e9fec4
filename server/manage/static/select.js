/** A secret to copy: one touch selects all of it. (Plain http gives no clipboard.) */
export function mount(field) {
  field.addEventListener("focus", () => field.select())
  field.focus()
}
