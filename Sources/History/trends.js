// Filters the trends; the address says how: #?show=changed&q=words, or #scenario to go to one.
const rows = [...document.querySelectorAll(".scenarios tbody tr:not(.group)")];
const headings = [...document.querySelectorAll(".scenarios tbody tr.group")];
const names = { failing: "not passing now", changed: "changed", steady: "as ever" };

const query = () => new URLSearchParams(location.hash.startsWith("#?") ? location.hash.slice(2) : "");

function changed(values) {
  const copy = query();
  for (const [key, value] of Object.entries(values)) value ? copy.set(key, value) : copy.delete(key);
  return `#?${copy}`;
}

function show() {
  const asked = query(), wanted = asked.get("show"), words = (asked.get("q") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  if (document.activeElement !== $("words")) $("words").value = asked.get("q") ?? "";
  const counts = { failing: 0, changed: 0, steady: 0 };
  let visible = 0;
  for (const row of rows) {
    const fits = words.every(word => row.textContent.toLowerCase().includes(word));
    if (fits) counts[row.dataset.group] += 1;
    row.hidden = !fits || Boolean(wanted) && row.dataset.group !== wanted;
    if (!row.hidden) visible += 1;
  }
  for (const heading of headings) {
    let count = 0;
    for (let row = heading.nextElementSibling; row && !row.classList.contains("group"); row = row.nextElementSibling) if (!row.hidden) count += 1;
    heading.hidden = count === 0;
    heading.querySelector(".number").textContent = count;
  }
  const chip = (group, text, count) => html("a", { href: changed({ show: group }), class: group === "failing" ? "failed" : "", "aria-current": (wanted ?? "") === group ? "true" : false }, `${text} `, html("span", {}, String(count)));
  $("verdicts").replaceChildren(chip("", "all", counts.failing + counts.changed + counts.steady), ...Object.keys(names).filter(name => counts[name] || name === wanted).map(name => chip(name, names[name], counts[name])));
  $("count").textContent = visible === rows.length ? "" : `${visible} of ${rows.length} trends`;
  $("none").hidden = visible > 0 || rows.length === 0;
}

function step(by) {
  const visible = rows.filter(row => !row.hidden);
  const place = visible.indexOf(document.activeElement?.closest?.("tr"));
  visible[place < 0 ? (by > 0 ? 0 : visible.length - 1) : Math.min(visible.length - 1, Math.max(0, place + by))]?.querySelector("a").focus();
}

$("words").addEventListener("input", () => { history.replaceState(null, "", changed({ q: $("words").value })); show(); });
$("filter").addEventListener("submit", event => event.preventDefault());
$("clear").addEventListener("click", () => { location.hash = ""; $("words").focus(); });
listenToKeys([
  ["Scenarios", [[["/"], "filter", () => $("words").focus()], [["j"], "next", () => step(1)], [["k"], "previous", () => step(-1)], [["Tab"], "from a scenario to its measurements"], [["Enter"], "open the measurements"]]],
  ["Page", [[["t"], "light or dark", toggleTheme], [["?"], "this sheet"]]],
], () => { if (query().size) { location.hash = ""; } });
addEventListener("hashchange", show);
show();
