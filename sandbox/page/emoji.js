// The shortcodes that business messages use; others stay as they are written.

export const EMOJI = {
  "+1": "👍", "-1": "👎", alarm_clock: "⏰", arrow_down: "⬇️", arrow_forward: "▶️", arrow_right: "➡️",
  arrow_up: "⬆️", arrows_counterclockwise: "🔄", ballot_box_with_check: "☑️", bar_chart: "📊", bell: "🔔",
  bulb: "💡", busts_in_silhouette: "👥", calendar: "📅", chart_with_downwards_trend: "📉",
  chart_with_upwards_trend: "📈", clap: "👏", clipboard: "📋", clock1: "🕐", clock3: "🕒", dart: "🎯", email: "✉️",
  envelope: "✉️", face_with_thermometer: "🤒", palm_tree: "🌴", spiral_calendar_pad: "🗓️", exclamation: "❗", eyes: "👀", fire: "🔥", flag: "🚩", globe_with_meridians: "🌐", green_circle: "🟢",
  handshake: "🤝", hourglass: "⌛", hourglass_flowing_sand: "⏳", inbox_tray: "📥", information_source: "ℹ️", key: "🔑",
  large_blue_circle: "🔵", large_green_circle: "🟢", large_orange_circle: "🟠", large_red_circle: "🔴",
  large_yellow_circle: "🟡", link: "🔗", lock: "🔒", loudspeaker: "📢", mag: "🔍", mailbox: "📫", mega: "📣",
  memo: "📝", moneybag: "💰", mute: "🔇", no_entry: "⛔", no_entry_sign: "🚫", office: "🏢", page_facing_up: "📄", phone: "☎️",
  point_right: "👉", pushpin: "📌", question: "❓", raised_hands: "🙌", recycle: "♻️", red_circle: "🔴", repeat: "🔁",
  robot_face: "🤖", rocket: "🚀", rotating_light: "🚨", runner: "🏃", smile: "😄", snowflake: "❄️", sos: "🆘", sparkles: "✨",
  speech_balloon: "💬", star: "⭐", stopwatch: "⏱️", tada: "🎉", telephone_receiver: "📞", thumbsdown: "👎",
  thumbsup: "👍", trophy: "🏆", wave: "👋", warning: "⚠️", white_check_mark: "✅", white_circle: "⚪", wrench: "🔧",
  x: "❌", yellow_circle: "🟡", zap: "⚡", zzz: "💤", heavy_check_mark: "✔️", black_circle: "⚫", one: "1️⃣", two: "2️⃣", three: "3️⃣",
};
