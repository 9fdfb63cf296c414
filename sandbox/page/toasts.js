// What Slack would tell when the app answers wrongly or not at all.

import { el } from "./dom.js";

const SECONDS = 9;

export function toast(text) {
  const close = () => node.remove();
  const node = el("div", { class: "toast", "data-testid": "toast" }, el("span", {}, text),
    el("button", { type: "button", class: "quiet", "aria-label": "Dismiss", onclick: close }, "✕"));
  document.getElementById("toasts").append(node);
  setTimeout(close, SECONDS * 1000);
}

// `what` is "press", "submit", "home", or the text that was typed.
export function trouble(what, error, bot) {
  const command = what.startsWith("/") ? what.split(/\s/)[0] : "";
  if (error === "sandbox_gone") return "The sandbox itself is not running any more.";
  if (error.startsWith(command) && command) return error;
  if (error === "operation_timeout") return `${bot} did not answer in 3 s; Slack would show: ${shown(command, what, error)}`;
  if (error === "dispatch_failed") return `${bot} cannot be reached; Slack would show: ${shown(command, what, error)}`;
  const status = error.match(/\((\d+)\)/);
  if (status) return `${bot} answered with ${status[1]}; Slack would show: ${shown(command, what, "dispatch_failed")}`;
  return `${bot} answered with something that Slack refuses: ${error}`;
}

function shown(command, what, error) {
  if (command) return `“${command} failed with the error ${error}”`;
  if (what === "submit") return "“We had some trouble connecting. Try again?”";
  if (what === "press" && error === "operation_timeout") return "“Operation timed out. Apps need to respond within 3 seconds.”";
  return "“Something went wrong. Try again.”";
}
