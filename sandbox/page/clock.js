// Dates and times in a person's zone, written as Slack writes them.

const MONTH = 2_629_800_000;

export function timeOf(seconds, zone, withSeconds = false) {
  return format(seconds, zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...(withSeconds && { second: "2-digit" }) });
}

export function dayOf(seconds, zone) {
  const near = nearby(seconds, zone);
  return near ?? format(seconds, zone, { weekday: "long", day: "numeric", month: "long" });
}

export function dayKey(seconds, zone) {
  const part = parts(seconds, zone, { year: "numeric", month: "2-digit", day: "2-digit" });
  return `${part.year}-${part.month}-${part.day}`;
}

export function slackDate(pattern, seconds, zone) {
  return pattern.replace(/\{(\w+)\}/g, (whole, name) => token(name, seconds, zone) ?? whole);
}

function token(name, seconds, zone) {
  switch (name) {
    case "date_num": return dayKey(seconds, zone);
    case "date": return long(seconds, zone, "");
    case "date_long": return long(seconds, zone, `${format(seconds, zone, { weekday: "long" })}, `);
    case "date_short": return short(seconds, zone);
    case "date_pretty": return pretty(seconds, zone) ?? long(seconds, zone, "");
    case "date_long_pretty": return pretty(seconds, zone) ?? token("date_long", seconds, zone);
    case "date_short_pretty": return pretty(seconds, zone) ?? short(seconds, zone);
    case "time": return timeOf(seconds, zone);
    case "time_secs": return timeOf(seconds, zone, true);
    case "ago": return ago(seconds);
    default: return undefined;
  }
}

function long(seconds, zone, before) {
  const part = parts(seconds, zone, { day: "numeric", month: "long", year: "numeric" });
  return `${before}${part.month} ${ordinal(Number(part.day))}${isFar(seconds) ? `, ${part.year}` : ""}`;
}

function short(seconds, zone) {
  const part = parts(seconds, zone, { day: "numeric", month: "short", year: "numeric" });
  return `${part.month} ${part.day}${isFar(seconds) ? `, ${part.year}` : ""}`;
}

function pretty(seconds, zone) {
  return nearby(seconds, zone)?.toLowerCase();
}

function nearby(seconds, zone) {
  const now = Date.now() / 1000;
  const day = dayKey(seconds, zone);
  if (day === dayKey(now, zone)) return "Today";
  if (day === dayKey(now - 86400, zone)) return "Yesterday";
  if (day === dayKey(now + 86400, zone)) return "Tomorrow";
  return undefined;
}

function ago(seconds) {
  const minutes = Math.round((seconds - Date.now() / 1000) / 60);
  const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  if (Math.abs(minutes) < 60) return relative.format(minutes, "minute");
  if (Math.abs(minutes) < 1440) return relative.format(Math.round(minutes / 60), "hour");
  return relative.format(Math.round(minutes / 1440), "day");
}

// Slack leaves the year out within six months.
function isFar(seconds) {
  return Math.abs(Date.now() - seconds * 1000) > 6 * MONTH;
}

function ordinal(day) {
  const suffix = day % 10 === 1 && day !== 11 ? "st" : day % 10 === 2 && day !== 12 ? "nd" : day % 10 === 3 && day !== 13 ? "rd" : "th";
  return `${day}${suffix}`;
}

function format(seconds, zone, options) {
  return new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }).format(seconds * 1000);
}

function parts(seconds, zone, options) {
  const found = new Intl.DateTimeFormat("en-US", { timeZone: zone, ...options }).formatToParts(seconds * 1000);
  return Object.fromEntries(found.map((part) => [part.type, part.value]));
}
