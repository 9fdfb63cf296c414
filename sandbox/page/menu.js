// A small menu behind a "…" button: arrows move, Escape and a click elsewhere close it.

import { el } from "./dom.js";

export function menuButton(entries, attributes = {}) {
  const list = el("div", { class: "menu-list", role: "menu", hidden: true });
  const toggle = el("button", {
    type: "button", class: "btn more", "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": "More actions", ...attributes,
  }, "⋯");
  const root = el("span", { class: "menu-root" }, toggle, list);
  const items = entries.map(({ label, choose }) =>
    el("button", { type: "button", role: "menuitem", tabindex: -1, onclick: () => { close(true); choose(); } }, label));
  list.append(...items);

  const elsewhere = (event) => root.contains(event.target) || close(false);
  const close = (refocus) => {
    list.hidden = true;
    toggle.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", elsewhere);
    if (refocus) toggle.focus();
  };
  const open = () => {
    list.hidden = false;
    toggle.setAttribute("aria-expanded", "true");
    document.addEventListener("pointerdown", elsewhere);
    list.classList.remove("left", "up");
    const box = list.getBoundingClientRect();
    const scroller = list.closest(".scroll, .modal-body")?.getBoundingClientRect();
    list.classList.toggle("left", box.right > document.documentElement.clientWidth - 8);
    list.classList.toggle("up", box.bottom > (scroller?.bottom ?? window.innerHeight));
    items[0]?.focus();
  };
  toggle.addEventListener("click", () => (list.hidden ? open() : close(true)));
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
    } else if (event.key === "Escape" || event.key === "Tab") {
      event.stopPropagation();
      if (event.key === "Escape") event.preventDefault();
      close(true);
    }
  });
  return root;
}
