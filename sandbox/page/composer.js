// The box one writes in: Enter sends, Shift+Enter breaks the line, a slash shows the commands.

import { el } from "./dom.js";

const drafts = new Map();

export function composer(form, { id, key, label, commands, hint, send }) {
  form.onsubmit = (event) => {
    event.preventDefault();
    const box = form.querySelector("textarea");
    const text = box.value.trim();
    if (!text) return;
    box.value = "";
    drafts.delete(form.dataset.key);
    fit(box);
    suggest(form, "", commands, hint);
    send(text);
  };
  if (!form.firstElementChild) build(form, id);
  const box = form.querySelector("textarea");
  box.setAttribute("aria-label", label);
  box.placeholder = label;
  box.oninput = () => { drafts.set(form.dataset.key, box.value); fit(box); suggest(form, box.value, commands, hint); };
  if (form.dataset.key === key) return;
  form.dataset.key = key;
  box.value = drafts.get(key) ?? "";
  fit(box);
  suggest(form, box.value, commands, hint);
}

function build(form, id) {
  const box = el("textarea", { id, rows: 1, autocomplete: "off", "aria-describedby": `${id}-hint` });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.append(
    el("p", { class: "suggest", id: `${id}-hint`, hidden: true }),
    el("div", { class: "composer-box" }, box, el("button", { type: "submit", class: "btn primary send", "aria-label": "Send" }, "Send")));
}

function suggest(form, text, commands, hint) {
  const line = form.querySelector(".suggest");
  const first = text.split(/\s/)[0];
  const matching = text.startsWith("/") ? commands.filter((one) => one.startsWith(first) || first.startsWith(one)) : [];
  line.hidden = matching.length === 0;
  line.replaceChildren(...matching.flatMap((one) => [el("code", {}, one), ` · ${hint}`]));
}

function fit(box) {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, 160)}px`;
}
