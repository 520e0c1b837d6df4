// The table: filters and order, which stand in the address.
const table = [...document.querySelectorAll(".scenarios tbody tr:not(.group)")];
const headings = [...document.querySelectorAll(".scenarios tbody tr.group")];
const verdictNames = { failed: "failed", error: "in error", skipped: "skipped", passed: "passed", none: "not run" };
/** The keys of the address that choose and order rows, each with its control. */
const controls = { q: $("words"), topic: $("topic"), differs: $("differs"), standing: $("standing") };

/** Whether a row has the verdict; in one run where the address names one, else as its worst. */
function hasVerdict(row, verdict, run) {
  return run === null ? row.dataset.group === verdict : row.dataset.verdicts.split(" ")[run] === verdict;
}

/** Shows the rows that the address asks for, in the order it asks for. */
function applyFilters(query) {
  for (const [key, control] of Object.entries(controls)) {
    if (control && control.value !== (query.get(key) ?? "") && document.activeElement !== control) control.value = query.get(key) ?? "";
  }
  const words = (query.get("q") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const run = query.has("run") && runs[Number(query.get("run"))] ? Number(query.get("run")) : null;
  const [topic, standing, differs, verdict] = ["topic", "standing", "differs", "verdict"].map(key => query.get(key));
  const counts = {};
  let fitting = 0, visible = 0;
  for (const row of table) {
    const kinds = row.dataset.differs.split(" ");
    const fits = words.every(word => row.textContent.toLowerCase().includes(word)) && (!topic || row.dataset.topic === topic)
      && (!standing || row.dataset.standing.split(" ").includes(standing)) && (!differs || (differs === "any" ? row.dataset.differs !== "" : kinds.includes(differs)));
    if (fits) {
      fitting += 1;
      const own = run === null ? row.dataset.group : row.dataset.verdicts.split(" ")[run];
      counts[own] = (counts[own] ?? 0) + 1;
    }
    row.hidden = !fits || Boolean(verdict) && !hasVerdict(row, verdict, run);
    if (!row.hidden) visible += 1;
  }
  order(query.get("sort"));
  chips(query, counts, fitting, verdict, run);
  const all = `${table.length} scenario${table.length === 1 ? "" : "s"}`;
  $("count").textContent = visible === table.length ? all : `${visible} of ${all}`;
  $("none").hidden = visible > 0 || table.length === 0;
}

/** Links that choose a verdict, with how many there are among what else is asked for. */
function chips(query, counts, fitting, verdict, run) {
  const chip = (value, text, count) => html("a", { class: value, href: `#${formatAddress({ ...address(), query: changed(query, { verdict: value }) })}`, "aria-current": verdict === value || (!verdict && !value) ? "true" : false }, `${text} `, html("span", {}, String(count)));
  const all = chip("", run === null ? "all" : `all on ${runs[run].short}`, fitting);
  $("verdicts").replaceChildren(all, ...Object.keys(verdictNames).filter(name => counts[name] || name === verdict).map(name => chip(name, verdictNames[name], counts[name] ?? 0)));
  if (run !== null) $("verdicts").append(html("a", { href: `#${formatAddress({ ...address(), query: changed(query, { run: "" }) })}` }, "every run"));
}

/** Puts the rows in order: by verdict, gravest first, unless a column is asked for. */
function order(key) {
  const [column, downwards] = key?.startsWith("-") ? [key.slice(1), true] : [key, false];
  const number = row => Number(row.dataset.n);
  let compare = null;
  if (column === "id") compare = (a, b) => a.dataset.id < b.dataset.id ? -1 : 1;
  else if (column?.startsWith("time")) {
    const run = Number(column.slice(4));
    const took = row => Number(row.querySelectorAll("td.cell")[run]?.dataset.took ?? -1);
    // The longest first: that is what one looks for.
    compare = (a, b) => took(b) - took(a) || number(a) - number(b);
  }
  for (const button of document.querySelectorAll("[data-sort]")) {
    const sorted = button.dataset.sort === column;
    const isTime = button.dataset.sort.startsWith("time");
    button.closest("th").setAttribute("aria-sort", sorted ? (downwards !== isTime ? "descending" : "ascending") : "none");
  }
  const body = document.querySelector(".scenarios tbody");
  const rows = [...table];
  /** Moves rows only where they are not in this order yet, since what moves loses the focus. */
  const arrange = wanted => { if (wanted.some((row, place) => body.children[place] !== row)) body.append(...wanted); };
  if (compare) {
    rows.sort(downwards ? (a, b) => compare(b, a) : compare);
    for (const heading of headings) heading.hidden = true;
    arrange([...headings, ...rows]);
    return;
  }
  const all = [];
  for (const heading of headings) {
    const own = rows.filter(row => row.dataset.group === heading.dataset.group);
    const shown = own.filter(row => !row.hidden).length;
    heading.hidden = shown === 0;
    heading.querySelector(".number").textContent = shown;
    own.sort((a, b) => number(a) - number(b));
    all.push(heading, ...own);
  }
  arrange(all);
}

/** The visible rows in the order they stand in. */
const visibleRows = () => [...document.querySelectorAll(".scenarios tbody tr:not(.group):not([hidden])")];

function changed(query, values) {
  const copy = new URLSearchParams(query);
  for (const [key, value] of Object.entries(values)) value ? copy.set(key, value) : copy.delete(key);
  return copy;
}

for (const [key, control] of Object.entries(controls)) {
  // Without a step in the browser's history for each letter.
  control?.addEventListener("input", () => go({ ...address(), query: changed(address().query, { [key]: control.value }) }, true));
}
for (const button of document.querySelectorAll("[data-sort]")) {
  button.addEventListener("click", () => {
    const { sort } = Object.fromEntries(address().query);
    const name = button.dataset.sort;
    const next = sort === name ? `-${name}` : sort === `-${name}` ? "" : name;
    go({ ...address(), query: changed(address().query, { sort: next }) });
  });
}
$("filter").addEventListener("submit", event => event.preventDefault());
$("clear").addEventListener("click", () => { go({ ...address(), query: new URLSearchParams() }); $("words").focus(); });
