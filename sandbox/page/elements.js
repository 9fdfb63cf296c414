// Everything a person presses, chooses or fills in.
//
// context: { reader, people, conversations, act(block, element, value), values, errors, prefix }
// Values are strings, or lists of strings for the multi kinds; `values` is block_id -> action_id -> value.

import { el } from "./dom.js";
import { plain } from "./mrkdwn.js";
import { textOf } from "./blocks.js";
import { confirmation } from "./dialogs.js";
import { menuButton } from "./menu.js";

export function control(block, element, context) {
  switch (element.type) {
    case "button": return button(block, element, context);
    case "overflow": return overflow(block, element, context);
    default: return el("span", { class: "inline-control" }, input(block, element, context, true, element.placeholder?.text ?? "Choose"));
  }
}

export function field(block, context) {
  const element = block.element;
  const id = idOf(block, element, context);
  const error = context.errors?.[block.block_id];
  const grouped = ["radio_buttons", "checkboxes"].includes(element.type) || element.type.startsWith("multi_");
  const label = [plain(block.label.text), block.optional && el("span", { class: "optional" }, " (optional)")];
  const notes = [
    block.hint && el("p", { class: "hint", id: `${id}-hint` }, plain(block.hint.text)),
    error && el("p", { class: "error", id: `${id}-error` }, error),
  ];
  const inner = input(block, element, context, block.dispatch_action === true, block.label.text);
  const frame = grouped
    ? el("fieldset", { class: "b-input", "aria-describedby": error && `${id}-error` }, el("legend", {}, label), inner, notes)
    : el("div", { class: "b-input" }, el("label", { for: id }, label), inner, notes);
  frame.classList.toggle("wrong", Boolean(error));
  return frame;
}

function button(block, element, context) {
  const press = async () => {
    if (element.confirm && !(await confirmation(element.confirm, (text) => textOf(text, context)))) return;
    context.act(block, element, undefined);
  };
  const attributes = {
    class: `btn ${element.style ?? ""}`, "data-action": element.action_id, "aria-label": element.accessibility_label, onclick: press,
  };
  if (element.url && /^https?:|^mailto:|^tel:/.test(element.url)) {
    return el("a", { ...attributes, href: element.url, target: "_blank", rel: "noopener noreferrer" }, plain(element.text.text));
  }
  return el("button", { type: "button", ...attributes }, plain(element.text.text));
}

function overflow(block, element, context) {
  const entries = element.options.map((option) => ({ label: option.text.text, choose: () => pick(option) }));
  const pick = async (option) => {
    if (element.confirm && !(await confirmation(element.confirm, (text) => textOf(text, context)))) return;
    if (option.url) window.open(option.url, "_blank", "noopener");
    context.act(block, element, option.value);
  };
  return menuButton(entries, { "data-action": element.action_id });
}

function input(block, element, context, dispatches, label) {
  const remembered = context.values?.[block.block_id]?.[element.action_id];
  const current = remembered ?? presetOf(element);
  const id = idOf(block, element, context);
  const error = context.errors?.[block.block_id];
  const remember = (value) => {
    if (context.values) (context.values[block.block_id] ??= {})[element.action_id] = value;
  };
  const change = (value) => {
    remember(value);
    if (dispatches) context.act(block, element, value);
  };
  const common = {
    id, "aria-label": label, "data-block": block.block_id, "data-action": element.action_id, "aria-invalid": error && "true",
    "aria-describedby": [error && `${id}-error`, block.hint && `${id}-hint`].filter(Boolean).join(" ") || undefined,
  };
  const place = { element, common, current, remember, change, context, dispatches, label };
  switch (element.type) {
    case "static_select": return choice(place, groupsOf(element));
    case "users_select": return choice(place, [{ options: context.people.map((one) => ({ value: one.id, label: one.name })) }]);
    case "channels_select":
    case "conversations_select":
      return choice(place, [{ options: context.conversations.map((one) => ({ value: one.id, label: `#${one.name}` })) }]);
    case "radio_buttons": return boxes(place, element.options.map(optionOf), "radio");
    case "checkboxes": return boxes(place, element.options.map(optionOf), "checkbox");
    case "multi_static_select": return boxes(place, groupsOf(element).flatMap((group) => group.options), "checkbox");
    case "multi_users_select": return boxes(place, context.people.map((one) => ({ value: one.id, label: one.name })), "checkbox");
    case "datepicker": return picker(place, "date");
    case "timepicker": return picker(place, "time");
    default: return typed(place);
  }
}

function choice({ element, common, current, change }, groups) {
  const draw = (option) => el("option", { value: option.value, selected: option.value === current }, option.label);
  const children = groups.map((group) => (group.label ? el("optgroup", { label: group.label }, group.options.map(draw)) : group.options.map(draw)));
  const select = el("select", { ...common, onchange: (event) => change(event.target.value) },
    el("option", { value: "", selected: !current, disabled: true, hidden: true }, element.placeholder?.text ?? "Choose"), children);
  select.classList.toggle("empty", !current);
  select.addEventListener("change", () => select.classList.remove("empty"));
  return el("span", { class: "select" }, select);
}

function boxes({ common, current, change }, options, kind) {
  const chosen = new Set([current ?? []].flat());
  const group = el("div", { class: "boxes" });
  options.forEach((option, index) => {
    const box = el("input", {
      type: kind, name: common.id, id: index ? `${common.id}-${index}` : common.id, value: option.value, checked: chosen.has(option.value),
      "data-block": common["data-block"], "data-action": common["data-action"], "aria-describedby": common["aria-describedby"],
    });
    box.addEventListener("change", () => {
      const all = [...group.querySelectorAll("input:checked")].map((one) => one.value);
      change(kind === "radio" ? all[0] : all);
    });
    group.append(el("label", { class: "box" }, box, el("span", {}, plain(option.label), option.description && el("small", {}, option.description))));
  });
  return group;
}

function picker({ common, current, change }, type) {
  return el("input", { ...common, type, value: current ?? "", onchange: (event) => change(event.target.value) });
}

function typed({ element, common, current, remember, change, dispatches }) {
  const kinds = { number_input: "text", email_text_input: "email", url_text_input: "url" };
  const modes = { number_input: "decimal", email_text_input: "email", url_text_input: "url" };
  const onCharacter = element.dispatch_action_config?.trigger_actions_on?.includes("on_character_entered");
  const attributes = {
    ...common, placeholder: element.placeholder?.text, autocomplete: "off",
    oninput: (event) => (dispatches && onCharacter ? change : remember)(event.target.value),
  };
  if (element.multiline) return el("textarea", { ...attributes, rows: 4, value: current ?? "" });
  const node = el("input", { ...attributes, type: kinds[element.type] ?? "text", inputmode: modes[element.type], value: current ?? "" });
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !dispatches) return;
    event.preventDefault();
    change(node.value);
  });
  return node;
}

function groupsOf(element) {
  if (element.options) return [{ options: element.options.map(optionOf) }];
  return element.option_groups.map((group) => ({ label: group.label.text, options: group.options.map(optionOf) }));
}

function optionOf(option) {
  return { value: option.value, label: option.text.text, description: option.description?.text };
}

function presetOf(element) {
  if (element.initial_option) return element.initial_option.value;
  if (element.initial_options) return element.initial_options.map((option) => option.value);
  return element.initial_value ?? element.initial_date ?? element.initial_time ?? element.initial_user ?? element.initial_users
    ?? element.initial_conversation ?? element.initial_channel;
}

function idOf(block, element, context) {
  return `${context.prefix}-${block.block_id}-${element.action_id}`.replace(/[^\w-]/g, "_");
}
