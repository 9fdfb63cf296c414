// Block Kit as DOM nodes. `context` carries the reader and what to do on an action.

import { el } from "./dom.js";
import { control, field } from "./elements.js";
import { linkTo, mention, mrkdwn, plain, emoji } from "./mrkdwn.js";
import { EMOJI } from "./emoji.js";
import { slackDate } from "./clock.js";

export function blocks(list, context) {
  return list.map((block) => draw(block, context));
}

export function textOf(text, context) {
  if (text.type === "plain_text") return text.text.split("\n").map((line) => el("span", { class: "line" }, line ? plain(line) : "\u00a0"));
  return mrkdwn(text.text, context.reader, { verbatim: text.verbatim === true });
}

function draw(block, context) {
  switch (block.type) {
    case "header": return el("h3", { class: "b-header" }, plain(block.text.text));
    case "section": return section(block, context);
    case "context": return el("div", { class: "b-context" }, block.elements.map((one) =>
      one.type === "image" ? picture(one, "tiny") : el("span", { class: "text" }, textOf(one, context))));
    case "divider": return el("hr", { class: "b-divider" });
    case "actions": return el("div", { class: "b-actions" }, block.elements.map((one) => control(block, one, context)));
    case "input": return field(block, context);
    case "image": return el("figure", { class: "b-image" }, block.title && el("figcaption", {}, plain(block.title.text)), picture(block, ""));
    case "rich_text": return el("div", { class: "b-rich" }, block.elements.map((one) => rich(one, context)));
    case "table": return table(block, context);
    case "markdown": return el("div", { class: "text" }, block.text.split("\n").map((line) => el("span", { class: "line" }, line || "\u00a0")));
    default: return el("p", { class: "unknown" }, `A ${block.type} block, which this page cannot show`);
  }
}

function section(block, context) {
  const body = el("div", { class: "b-body" });
  if (block.text) body.append(el("div", { class: "text" }, textOf(block.text, context)));
  if (block.fields) {
    body.append(el("div", { class: "b-fields" }, block.fields.map((one) => el("div", { class: "text" }, textOf(one, context)))));
  }
  const node = el("div", { class: "b-section" }, body);
  if (block.accessory) {
    node.append(el("div", { class: "b-accessory" },
      block.accessory.type === "image" ? picture(block.accessory, "thumb") : control(block, block.accessory, context)));
  }
  return node;
}

function picture(image, size) {
  return el("img", { class: size, src: image.slack_file ? `/files/${image.slack_file.id}` : image.image_url, alt: image.alt_text, loading: "lazy" });
}

function table(block, context) {
  const settings = block.column_settings ?? [];
  const [head, ...rows] = block.rows;
  const cell = (tag) => (one, index) => el(tag, { class: `align-${settings[index]?.align ?? "left"}`, ...(tag === "th" && { scope: "col" }) },
    one.type === "raw_text" ? plain(one.text) : one.elements.map((part) => rich(part, context)));
  return el("div", { class: "b-table", tabindex: 0, role: "group", "aria-label": "Table" },
    el("table", {}, el("thead", {}, el("tr", {}, head.map(cell("th")))),
      el("tbody", {}, rows.map((row) => el("tr", {}, row.map(cell("td")))))));
}

function rich(part, context) {
  switch (part.type) {
    case "rich_text_section": return el("span", { class: "line" }, part.elements.map((one) => leaf(one, context)));
    case "rich_text_preformatted": return el("pre", {}, el("code", {}, part.elements.map((one) => leaf(one, context))));
    case "rich_text_quote": return el("blockquote", {}, part.elements.map((one) => leaf(one, context)));
    default: return el(part.style === "ordered" ? "ol" : "ul", {}, part.elements.map((one) => el("li", {}, rich(one, context))));
  }
}

function leaf(one, context) {
  let node;
  switch (one.type) {
    case "text": node = el("span", {}, one.text); break;
    case "link": node = linkTo(one.url, one.text ?? one.url); break;
    case "user": node = mention(one.user_id, context.reader); break;
    case "channel": node = el("span", { class: "mention" }, `#${context.reader.channel(one.channel_id)}`); break;
    case "broadcast": node = el("span", { class: "mention broadcast" }, `@${one.range}`); break;
    case "emoji": node = EMOJI[one.name] ? emoji(one.name) : el("span", {}, `:${one.name}:`); break;
    case "date": node = el("time", {}, slackDate(one.format, one.timestamp, context.reader.zone)); break;
    default: node = el("span", {}, one.text ?? one.value ?? "");
  }
  const tags = { bold: "strong", italic: "em", strike: "s", code: "code", underline: "u" };
  return Object.entries(one.style ?? {}).reduce((inner, [name, on]) => (on && tags[name] ? el(tags[name], {}, inner) : inner), node);
}
