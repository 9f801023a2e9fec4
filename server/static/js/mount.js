// Starts what a page names: <main data-module="display/board">, found through its import map.
for (const element of document.querySelectorAll("[data-module]")) {
  const { mount } = await import(element.dataset.module)
  await mount(element)
  element.dataset.mounted = "" // the page's `load` does not wait for this; tests do
}
