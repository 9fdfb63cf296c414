// Slack's mrkdwn as DOM nodes. Unknown or unsafe markup stays visible as text.

import { slackDate } from "./clock.js";
import { el } from "./dom.js";
import { EMOJI } from "./emoji.js";

const INLINE = new RegExp(
  [
    "`(?<code>[^`\\n]+)`",
    "<(?<token>[^<>\\n]+)>",
    ":(?<emoji>[a-z0-9_+-]+):",
    "(?<![\\p{L}\\p{N}*])\\*(?<bold>[^\\s*](?:[^*\\n]*[^\\s*])?)\\*(?![\\p{L}\\p{N}*])",
    "(?<![\\p{L}\\p{N}_])_(?<italic>[^\\s_](?:[^\\n]*?[^\\s_])?)_(?![\\p{L}\\p{N}_])",
    "(?<![\\p{L}\\p{N}~])~(?<strike>[^\\s~](?:[^~\\n]*[^\\s~])?)~(?![\\p{L}\\p{N}~])",
    "(?<url>https?://[^\\s<>|]+[^\\s<>|.,;:!?)])",
  ].join("|"),
  "gu",
);
const SAFE = /^(https?:\/\/|mailto:|tel:)/i;

// `reader` knows the viewer's zone and everybody's names: { me, zone, name(id), channel(id) }.
export function mrkdwn(text, reader, { verbatim = false } = {}) {
  const parts = text.split(/```\n?([\s\S]*?)\n?```/);
  return parts.flatMap((part, index) =>
    index % 2 ? [el("pre", {}, el("code", {}, decode(part)))] : lines(part, reader, verbatim));
}

export function plain(text) {
  return emojis(text);
}

export function decode(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

export function linkTo(url, children) {
  if (!SAFE.test(url)) return el("span", {}, children);
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, children);
}

function lines(text, reader, verbatim) {
  const nodes = [];
  let quote = null;
  for (const line of text.replace(/^\n|\n$/g, "").split("\n")) {
    const quoted = line.match(/^(?:&gt;|>) ?(.*)$/);
    if (quoted) {
      if (!quote) nodes.push((quote = el("blockquote")));
      quote.append(row(quoted[1], reader, verbatim));
    } else {
      quote = null;
      nodes.push(row(line, reader, verbatim));
    }
  }
  return text === "" ? [] : nodes;
}

function row(line, reader, verbatim) {
  const bullet = line.match(/^(\s*)([•◦▪‣]|\d+\.) +(.*)$/);
  if (!bullet) return el("span", { class: "line" }, line ? inline(line, reader, verbatim) : "\u00a0");
  return el("span", { class: "line bullet", style: undefined },
    el("span", { class: "mark" }, `${bullet[2]} `), el("span", {}, inline(bullet[3], reader, verbatim)));
}

function inline(text, reader, verbatim) {
  const nodes = [];
  let last = 0;
  for (const match of text.matchAll(INLINE)) {
    const node = piece(match.groups, match[0], reader, verbatim);
    if (node === null) continue;
    nodes.push(decode(text.slice(last, match.index)), node);
    last = match.index + match[0].length;
  }
  nodes.push(decode(text.slice(last)));
  return nodes;
}

function piece(found, whole, reader, verbatim) {
  if (found.code) return el("code", {}, decode(found.code));
  if (found.token) return reference(found.token, reader, verbatim);
  if (found.emoji) return EMOJI[found.emoji] ? emoji(found.emoji) : null;
  if (found.bold) return el("strong", {}, inline(found.bold, reader, verbatim));
  if (found.italic) return el("em", {}, inline(found.italic, reader, verbatim));
  if (found.strike) return el("s", {}, inline(found.strike, reader, verbatim));
  return verbatim ? null : linkTo(decode(found.url), decode(found.url));
}

function reference(token, reader, verbatim) {
  const [target, ...rest] = token.split("|");
  const label = rest.join("|");
  if (target.startsWith("@")) return mention(target.slice(1), reader);
  if (target.startsWith("#")) return el("span", { class: "mention" }, `#${reader.channel(target.slice(1)) ?? label}`);
  if (target.startsWith("!date^")) return date(target, label, reader);
  if (/^!(channel|here|everyone)$/.test(target)) return el("span", { class: "mention broadcast" }, `@${target.slice(1)}`);
  if (target.startsWith("!")) return el("span", { class: "mention broadcast" }, label || `@${target.slice(1)}`);
  if (!SAFE.test(decode(target))) return el("span", {}, `<${decode(token)}>`);
  return linkTo(decode(target), label ? inline(label, { ...reader }, true) : decode(target).replace(/^mailto:/, ""));
}

export function mention(id, reader) {
  return el("span", { class: `mention${id === reader.me ? " self" : ""}` }, `@${reader.name(id) ?? id}`);
}

function date(target, fallback, reader) {
  const [, stamp, pattern, link] = target.split("^");
  const seconds = Number(stamp);
  if (!Number.isFinite(seconds) || !pattern) return el("span", {}, decode(fallback));
  const shown = el("time", { datetime: new Date(seconds * 1000).toISOString(), title: decode(fallback) },
    slackDate(decode(pattern), seconds, reader.zone));
  return link ? linkTo(decode(link), shown) : shown;
}

export function emoji(name) {
  return el("span", { class: "emoji", role: "img", "aria-label": name.replaceAll("_", " ") }, EMOJI[name]);
}

function emojis(text) {
  return text.split(/(:[a-z0-9_+-]+:)/).map((part) => {
    const name = part.slice(1, -1);
    return part.startsWith(":") && EMOJI[name] ? emoji(name) : part;
  });
}
