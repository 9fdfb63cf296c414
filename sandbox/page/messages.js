// Messages in a column, and the Home tab.

import { avatar, el, reconcile } from "./dom.js";
import { blocks } from "./blocks.js";
import { dayKey, dayOf, timeOf } from "./clock.js";
import { entered } from "./dialogs.js";
import { emoji, mrkdwn } from "./mrkdwn.js";
import { EMOJI } from "./emoji.js";

export function drawMessages(parent, messages, view) {
  const zone = view.context.reader.zone;
  const wanted = [];
  if (!messages.length) {
    wanted.push({ key: "empty", signature: view.empty ?? "", make: () => el("p", { class: "empty" }, view.empty) });
  }
  let day = "";
  messages.forEach((message, index) => {
    const seconds = Number(message.ts);
    if (dayKey(seconds, zone) !== day && !view.inThread) {
      day = dayKey(seconds, zone);
      const label = dayOf(seconds, zone);
      wanted.push({ key: `day-${day}`, signature: label, make: () => el("div", { class: "day" }, el("span", {}, label)) });
    }
    const busy = view.pending.has(message.ts);
    wanted.push({
      key: message.ts,
      signature: JSON.stringify([message, zone, view.context.reader.me, busy]),
      make: () => drawMessage(message, view, busy),
    });
    if (view.inThread && index === 0 && messages.length > 1) {
      const label = counted(messages.length - 1);
      wanted.push({ key: "replies", signature: label, make: () => el("div", { class: "day" }, el("span", {}, label)) });
    }
  });
  reconcile(parent, wanted);
}

export function drawHome(parent, snap, context) {
  const home = snap.home;
  const make = () => home
    ? el("div", { class: "home", "data-testid": "home" }, blocks(home.blocks, { ...context, values: entered(home.state.values), prefix: "h" }))
    : el("p", { class: "empty", "data-testid": "home" }, `${snap.bot.name} has not published a Home tab for you yet.`);
  reconcile(parent, [{ key: "home", signature: JSON.stringify([home?.id, home?.hash, context.reader.zone]), make }]);
}

function drawMessage(message, view, busy) {
  const { reader } = view.context;
  const person = reader.person(message.user);
  const seconds = Number(message.ts);
  const context = { ...view.context, prefix: `t${view.inThread ? "t" : ""}-${message.ts}`, act: (...action) => view.press(message, ...action) };
  const body = message.blocks ? blocks(message.blocks, context) : [el("div", { class: "text" }, mrkdwn(message.text, reader))];
  const node = el("article", {
    class: `message${message.ephemeral ? " ephemeral" : ""}`, "data-testid": "message", "data-ts": message.ts,
    "aria-label": `${person.name}, ${timeOf(seconds, reader.zone)}`, "aria-busy": busy && "true",
  },
    avatar(person),
    el("div", { class: "message-main" },
      message.ephemeral && el("p", { class: "only-you" }, el("span", { "aria-hidden": "true" }, "◉ "), "Only visible to you"),
      el("header", {}, el("strong", {}, person.name), person.isBot && el("span", { class: "tag" }, "app"),
        el("time", { datetime: new Date(seconds * 1000).toISOString(), title: dayOf(seconds, reader.zone) }, timeOf(seconds, reader.zone))),
      el("div", { class: "content" }, body, images(message)),
      reactions(message),
      !view.inThread && threadLine(message, view)),
    !view.inThread && !message.ephemeral && el("button", {
      type: "button", class: "reply", onclick: () => view.openThread(message.ts), "aria-label": `Reply in a thread to ${person.name}`,
    }, "Reply"));
  if (busy) for (const control of node.querySelectorAll("button, select, input")) control.setAttribute("disabled", "");
  return node;
}

function images(message) {
  return (message.files ?? []).map((file) => file.mimetype.startsWith("image/")
    ? el("figure", { class: "b-image" }, el("figcaption", {}, file.title), el("img", { src: `/files/${file.id}`, alt: file.title }))
    : el("p", { class: "file" }, `${file.title} (${file.size} bytes)`));
}

function reactions(message) {
  if (!message.reactions?.length) return null;
  return el("div", { class: "reactions" }, message.reactions.map((one) =>
    el("span", { class: "reaction" }, EMOJI[one.name] ? emoji(one.name) : `:${one.name}:`, ` ${one.count}`)));
}

function threadLine(message, view) {
  if (!message.replies) return null;
  const { reader } = view.context;
  return el("button", { type: "button", class: "thread-line", "data-testid": "replies", onclick: () => view.openThread(message.ts) },
    message.repliers.slice(0, 4).map((id) => avatar(reader.person(id), "tiny")),
    el("span", {}, counted(message.replies)),
    el("span", { class: "faint" }, `Last at ${timeOf(Number(message.lastReply), reader.zone)}`));
}

function counted(replies) {
  return replies === 1 ? "1 reply" : `${replies} replies`;
}
