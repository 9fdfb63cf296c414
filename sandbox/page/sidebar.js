// The left side: who one is, where one can go, and how badly the platform behaves.

import { avatar, el, reconcile } from "./dom.js";
import { EMOJI } from "./emoji.js";

const TROUBLES = [
  ["rate_limited", "Rate limits", "Every call is answered with 429"],
  ["server_error", "Server errors", "Every call is answered with 500"],
  ["latency", "Latency", "Every answer takes 2 s longer"],
  ["lost_answer", "Lost answers", "It happens, but the answer never arrives"],
  ["outage", "Outage", "No call gets through"],
  ["duplicate_events", "Duplicate events", "Every event is delivered twice"],
];

export function drawPeople(parent, snap, choose) {
  const step = (event) => {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!move) return;
    event.preventDefault();
    const all = [...parent.children];
    all[(all.indexOf(event.currentTarget) + move + all.length) % all.length].focus();
  };
  reconcile(parent, snap.people.map((person) => ({
    key: person.id,
    signature: JSON.stringify([person, person.id === snap.me]),
    make: () => el("button", {
      type: "button", class: "person", role: "radio", "aria-checked": String(person.id === snap.me), "data-testid": `persona-${person.email}`,
      tabindex: person.id === snap.me ? 0 : -1, onclick: () => choose(person), onkeydown: step, title: `${person.email} · ${person.timezone}`,
    },
      avatar(person),
      el("span", { class: "who" }, el("span", { class: "name", title: person.status.text }, signed(person)), el("span", { class: "role" }, person.title || person.email)),
      person.id !== snap.me && badge(person.unread)),
  })));
}

const STATUSES = [
  ["", "", "None"],
  ["Vacationing", ":palm_tree:", "Vacationing"],
  ["Out sick", ":face_with_thermometer:", "Out sick"],
  ["In a meeting", ":spiral_calendar_pad:", "In a meeting"],
];

export function drawStatus(select, snap, change) {
  const shown = snap.people.find((one) => one.id === snap.me).status.text;
  reconcile(select, STATUSES.map(([text, emoji, label]) => ({
    key: text || "none", signature: "", make: () => el("option", { value: text }, EMOJI[emoji.slice(1, -1)] ? `${EMOJI[emoji.slice(1, -1)]} ${label}` : label),
  })));
  select.value = shown;
  select.onchange = () => {
    const [text, emoji] = STATUSES.find(([text]) => text === select.value);
    change({ text, emoji });
  };
}

export function drawPlaces(parent, snap, at, go) {
  const direct = snap.conversations.find((one) => one.kind === "im");
  const place = (id, mark, label, unread, testid) => {
    const node = el("button", {
      type: "button", class: `place${unread ? " unread" : ""}`, "aria-current": id === at && "page", "data-testid": testid,
      onclick: () => go({ at: id, thread: "" }),
    }, el("span", { class: "mark", "aria-hidden": "true" }, mark), el("span", { class: "label" }, label), badge(unread));
    return node;
  };
  const channels = snap.conversations.filter((one) => one.kind !== "im");
  const signature = JSON.stringify([snap.conversations.map((one) => [one.id, one.name, id(one, at), one.unread]), at, snap.bot.name]);
  reconcile(parent, [{
    key: "places", signature,
    make: () => el("div", {},
      el("h2", {}, "App"),
      place(direct.id, avatar(snap.bot, "tiny"), snap.bot.name, direct.unread, "conversation-dm"),
      place("home", "⌂", "Home", 0, "conversation-home"),
      el("h2", {}, "Channels"),
      channels.map((one) => place(one.id, one.kind === "group" ? "◈" : "#", one.name, one.unread, `conversation-${one.name}`))),
  }]);
}

function signed(person) {
  const sign = EMOJI[person.status.emoji.slice(1, -1)];
  return sign ? `${person.name} ${sign}` : person.name;
}

function id(one, at) {
  return one.id === at ? 0 : one.unread;
}

function badge(unread) {
  return unread ? el("span", { class: "badge", "aria-label": `${unread} unread` }, unread > 99 ? "99+" : String(unread)) : null;
}

export function drawMischief(toggle, panel, snap, change) {
  const on = new Set(snap.mischief.map((one) => one.trouble));
  const names = TROUBLES.filter(([trouble]) => on.has(trouble)).map(([, name]) => name.toLowerCase());
  toggle.replaceChildren(el("span", { class: "dot", "aria-hidden": "true" }), names.length ? `Misbehaving: ${names.join(", ")}` : "Misbehave");
  toggle.classList.toggle("on", names.length > 0);
  if (!toggle.onclick) {
    toggle.onclick = () => {
      panel.hidden = !panel.hidden;
      toggle.setAttribute("aria-expanded", String(!panel.hidden));
    };
    document.addEventListener("pointerdown", (event) => {
      if (panel.hidden || panel.parentElement.contains(event.target)) return;
      toggle.onclick();
    });
    panel.parentElement.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || panel.hidden) return;
      event.stopPropagation();
      toggle.onclick();
      toggle.focus();
    });
  }
  const flip = (trouble) => () => change(on.has(trouble) ? [...on].filter((one) => one !== trouble) : [...on, trouble]);
  reconcile(panel, [
    { key: "why", signature: "", make: () => el("p", {}, "Make Slack have a bad day and see what the app does.") },
    ...TROUBLES.map(([trouble, name, what]) => ({
      key: trouble,
      signature: JSON.stringify([...on]),
      make: () => el("button", { type: "button", class: "switch", role: "switch", "aria-checked": String(on.has(trouble)), onclick: flip(trouble) },
        el("span", { class: "who" }, el("span", { class: "name" }, name), el("span", { class: "role" }, what)), el("span", { class: "knob", "aria-hidden": "true" })),
    })),
  ]);
}

export function drawStrip(strip, snap, reader) {
  const me = reader.person(reader.me);
  let seen = false;
  try { seen = localStorage.getItem("strip") === "seen"; } catch { /* private windows */ }
  strip.hidden = seen;
  const hide = () => {
    strip.hidden = true;
    try { localStorage.setItem("strip", "seen"); } catch { /* private windows */ }
  };
  strip.replaceChildren(
    el("span", {}, el("strong", {}, `You are ${me.name}`), me.title ? `, ${me.title}. ` : ". ",
      `Press a button on a card, or ${snap.hint || "write a message"}.`),
    el("button", { type: "button", class: "quiet", "aria-label": "Hide this hint", onclick: hide }, "✕"));
}
