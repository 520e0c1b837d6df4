// What every page does: elements, light or dark, the sheet of keys.
const $ = id => document.getElementById(id);

function html(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter(child => child !== null && child !== undefined));
  return element;
}

function toggleTheme() {
  const root = document.documentElement;
  root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
}

/** Whether keys are letters of a text just now. */
function isTyping(target) {
  return ["INPUT", "SELECT", "TEXTAREA"].includes(target.tagName) && target.type !== "checkbox";
}

/**
 * Does what keys say, and shows them all on "?".
 * @param groups pairs of a title and entries: keys, what they do, and how; an entry without how is done elsewhere
 * @param escape what Escape does outside of a text
 */
function listenToKeys(groups, escape) {
  const sheet = html("dialog", { id: "sheet", "aria-labelledby": "sheet-title" },
    html("h2", { id: "sheet-title" }, "Keys"),
    html("div", { class: "keys" }, ...groups.map(([title, entries]) => html("section", {}, html("h3", {}, title),
      html("dl", {}, ...entries.map(([keys, words]) => html("div", {}, html("dt", {}, ...keys.map(key => html("kbd", {}, key))), html("dd", {}, words))))))),
    html("form", { method: "dialog" }, html("button", {}, "Close")));
  document.querySelector("main").append(sheet);
  sheet.addEventListener("click", event => { if (event.target === sheet) sheet.close(); });
  const show = () => sheet.open ? sheet.close() : sheet.showModal();
  const actions = { "?": show };
  for (const [, entries] of groups) for (const [keys, , action] of entries) if (action) for (const key of keys) actions[key] = action;
  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    if (sheet.open) {
      if (event.key === "?") { event.preventDefault(); sheet.close(); }
      return;
    }
    if (event.key === "Escape") {
      if (isTyping(event.target)) event.target.blur(); else escape();
      return;
    }
    if (isTyping(event.target) || !actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  });
  $("keys").addEventListener("click", show);
  $("theme").addEventListener("click", toggleTheme);
}
