// Modals and confirmations on <dialog>, which keeps the focus inside and closes on Escape by itself.

import { avatar, el } from "./dom.js";
import { blocks } from "./blocks.js";
import { plain } from "./mrkdwn.js";

export function confirmation(confirm, textOf) {
  return new Promise((resolve) => {
    const answer = (yes) => () => { dialog.close(); dialog.remove(); resolve(yes); };
    const dialog = el("dialog", { class: "modal small", "aria-labelledby": "confirm-title", "data-testid": "confirm" },
      el("header", {}, el("h2", { id: "confirm-title" }, plain(confirm.title.text))),
      el("div", { class: "modal-body" }, el("div", { class: "text" }, textOf(confirm.text))),
      el("footer", {},
        el("button", { type: "button", class: "btn", onclick: answer(false) }, confirm.deny.text),
        el("button", { type: "button", class: `btn ${confirm.style ?? "primary"}`, onclick: answer(true) }, confirm.confirm.text)));
    dialog.addEventListener("cancel", (event) => { event.preventDefault(); answer(false)(); });
    document.body.append(dialog);
    dialog.showModal();
  });
}

// The one open view: drawn again only when it changed, with what was entered and the focus kept.
export class Modal {
  constructor({ contextFor, onSubmit, onClose, bot }) {
    Object.assign(this, { contextFor, onSubmit, onClose, bot });
    this.values = new Map();
    this.signature = "";
    this.busy = false;
    this.dialog = null;
    this.view = null;
  }

  show(view) {
    if (!view) return this.hide();
    const signature = JSON.stringify([view.id, view.hash, view.errors, view.trouble, this.busy]);
    if (signature === this.signature) return;
    const fresh = this.view?.id !== view.id;
    this.signature = signature;
    this.view = view;
    if (!this.values.has(view.id)) this.values.set(view.id, entered(view.state.values));
    this.draw(fresh);
  }

  hide() {
    this.signature = "";
    this.view = null;
    this.busy = false;
    this.dialog?.close();
    this.dialog?.remove();
    this.dialog = null;
  }

  entered() {
    return this.values.get(this.view?.id) ?? {};
  }

  draw(fresh) {
    const focused = this.dialog?.querySelector(":focus")?.id;
    const scrolled = this.dialog?.querySelector(".modal-body")?.scrollTop ?? 0;
    const view = this.view;
    if (!this.dialog) this.make();
    this.dialog.replaceChildren(...this.content(view));
    if (!this.dialog.open) this.dialog.showModal();
    this.dialog.querySelector(".modal-body").scrollTop = fresh ? 0 : scrolled;
    const wrong = Object.keys(view.errors)[0] && this.dialog.querySelector(".wrong :is(input,select,textarea)");
    const first = this.dialog.querySelector(".modal-body :is(input,select,textarea)") ?? this.dialog.querySelector("footer .primary");
    (wrong ?? (fresh ? first : this.dialog.querySelector(`#${CSS.escape(focused || "none")}`) ?? first))?.focus();
  }

  make() {
    this.dialog = el("dialog", { class: "modal", "aria-labelledby": "modal-title", "data-testid": "modal" });
    this.dialog.addEventListener("cancel", (event) => { event.preventDefault(); this.onClose(this.view); });
    document.body.append(this.dialog);
  }

  content(view) {
    const context = { ...this.contextFor(view), values: this.entered(), errors: view.errors, prefix: `m-${view.id}` };
    const submit = (event) => { event.preventDefault(); if (view.submit) this.onSubmit(view, this.entered()); };
    const dismiss = () => this.onClose(view);
    return [el("form", { novalidate: true, onsubmit: submit, "aria-busy": this.busy && "true" },
      el("header", {}, avatar(this.bot, "small"), el("h2", { id: "modal-title" }, plain(view.title.text)),
        el("button", { type: "button", class: "quiet", "aria-label": "Close", onclick: dismiss }, "✕")),
      el("div", { class: "modal-body" }, view.trouble && el("p", { class: "trouble", role: "alert" }, view.trouble), blocks(view.blocks, context)),
      el("footer", {},
        el("button", { type: "button", class: "btn", onclick: dismiss }, view.close?.text ?? (view.submit ? "Cancel" : "Close")),
        view.submit && el("button", { type: "submit", id: "modal-submit", class: "btn primary", disabled: this.busy, "aria-busy": this.busy && "true" }, plain(view.submit.text))))];
  }
}

// The state that Slack sends, as the plain values that inputs hold.
export function entered(values) {
  const plainValues = {};
  for (const [block, actions] of Object.entries(values)) {
    for (const [action, state] of Object.entries(actions)) {
      const [, value] = Object.entries(state).find(([key]) => key !== "type") ?? [];
      const simple = Array.isArray(value) ? value.map((one) => one.value ?? one) : value?.value ?? value;
      if (simple !== null && simple !== undefined) (plainValues[block] ??= {})[action] = simple;
    }
  }
  return plainValues;
}
