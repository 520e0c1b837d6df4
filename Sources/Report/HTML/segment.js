// A segment's headers and bytes: beside the mouse, and in a panel with an address of its own.
const fateWords = { passed: "went through", held: "held by the wire, never let go", released: "held by the wire and let go", dropped: "lost by the wire", delayed: "delayed by the wire", injected: "forged: no kernel sent it" };
const flagNames = { S: "SYN", F: "FIN", R: "RST", P: "PSH", ".": "ACK", U: "URG", E: "ECE", W: "CWR" };

/** What a segment says, by name, from the numbers of the record. */
function readSegment(run, number) {
  const [from, words, sent, arrived, fate, copies, parts] = run.ladder.arrows[number];
  const { source, destination, flags, sequence, acknowledgement, length, window, urgent, options, ipv6, inA, inB, size } = parts;
  const bytes = parts.bytes === null ? null : [...parts.bytes].map(letter => letter.charCodeAt(0));
  const end = host => run.ends[(ipv6 ? 2 : 0) + host] || "AB"[host];
  const at = row => run.ladder.rows[row][0];
  const name = fates[fate];
  const waited = arrived >= 0 && arrived !== sent ? ` after ${spoken(at(arrived) - at(sent))}` : "";
  const port = (host, port) => end(host).includes(":") ? `[${end(host)}]:${port}` : `${end(host)}:${port}`;
  const fields = [
    ["time", `${stamp(at(sent))} s`], ["from", `${"AB"[from]}, ${port(from, source)}`], ["to", `${"AB"[1 - from]}, ${port(1 - from, destination)}`],
    ["flags", [...flags].map(flag => flagNames[flag] ?? flag).join(" ") || "none"], ["sequence", `${sequence}${length || /[SF]/.test(flags) ? `, next ${sequence + length + [...flags].filter(flag => "SF".includes(flag)).length}` : ""}`],
    ["acknowledgement", acknowledgement === null ? "none" : String(acknowledgement)], ["payload", `${length} bytes`], ["window", `${window} in the header`],
  ];
  if (urgent !== null) fields.push(["urgent pointer", String(urgent)]);
  const told = options ?? decodeFrame(bytes).fields.filter(field => field.isOption && field.name !== "no operation").map(field => `${field.name} ${field.words}`.trim()).join(", ");
  if (told) fields.push(["options", told]);
  fields.push(["on the wire", `${fateWords[name]}${waited}${copies > 1 ? `, ${copies} copies` : ""}`]);
  const packets = [inA, inB].map((packet, host) => packet ? { file: run.files[host], packet } : null).filter(Boolean);
  return { from, words, fields, packets, bytes, size };
}

/** The headers of a frame, each field with the bytes it takes; stops where the frame does. */
function decodeFrame(bytes) {
  const fields = [];
  const hex = (from, to) => bytes.slice(from, to).map(byte => byte.toString(16).padStart(2, "0")).join("");
  const number = (at, size) => bytes.slice(at, at + size).reduce((sum, byte) => sum * 256 + byte, 0);
  const add = (layer, name, at, size, words) => { if (at + size <= bytes.length) fields.push({ layer, name, at, size, words: String(words(number(at, size))) }); };
  const plain = value => value, hexed = value => `0x${value.toString(16).padStart(4, "0")}`;
  const mac = at => () => bytes.slice(at, at + 6).map(byte => byte.toString(16).padStart(2, "0")).join(":");
  const four = at => () => bytes.slice(at, at + 4).join(".");
  const six = at => () => Array.from({ length: 8 }, (_, i) => number(at + 2 * i, 2).toString(16)).join(":").replace(/(^|:)0(:0)+(:|$)/, "::");
  let at = 0;
  if ([0x0800, 0x86dd].includes(number(12, 2))) {
    add("Ethernet", "destination", 0, 6, mac(0));
    add("Ethernet", "source", 6, 6, mac(6));
    add("Ethernet", "type", 12, 2, hexed);
    at = 14;
  }
  if (bytes[at] >> 4 === 4) {
    const layer = "IPv4", size = (bytes[at] & 15) * 4;
    add(layer, "version, header length", at, 1, value => `${value >> 4}, ${size} bytes`);
    add(layer, "DSCP, ECN", at + 1, 1, value => `${value >> 2}, ${value & 3}`);
    add(layer, "total length", at + 2, 2, plain);
    add(layer, "identification", at + 4, 2, hexed);
    add(layer, "flags, fragment offset", at + 6, 2, value => `${value & 0x4000 ? "DF" : value & 0x2000 ? "MF" : "none"}, ${(value & 0x1fff) * 8}`);
    add(layer, "TTL", at + 8, 1, plain);
    add(layer, "protocol", at + 9, 1, value => value === 6 ? "6 (TCP)" : value);
    add(layer, "checksum", at + 10, 2, hexed);
    add(layer, "source", at + 12, 4, four(at + 12));
    add(layer, "destination", at + 16, 4, four(at + 16));
    at += size;
  } else {
    const layer = "IPv6";
    add(layer, "version, class, flow label", at, 4, value => `${Math.floor(value / 2 ** 28)}, ${Math.floor(value / 2 ** 20) & 255}, 0x${(value % 2 ** 20).toString(16)}`);
    add(layer, "payload length", at + 4, 2, plain);
    add(layer, "next header", at + 6, 1, value => value === 6 ? "6 (TCP)" : value);
    add(layer, "hop limit", at + 7, 1, plain);
    add(layer, "source", at + 8, 16, six(at + 8));
    add(layer, "destination", at + 24, 16, six(at + 24));
    at += 40;
  }
  const tcp = "TCP", size = (bytes[at + 12] >> 4) * 4;
  add(tcp, "source port", at, 2, plain);
  add(tcp, "destination port", at + 2, 2, plain);
  add(tcp, "sequence", at + 4, 4, plain);
  add(tcp, "acknowledgement", at + 8, 4, plain);
  add(tcp, "header length, flags", at + 12, 2, value => `${size} bytes, ${["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"].filter((_, bit) => value & 1 << bit).join(" ") || "none"}`);
  add(tcp, "window", at + 14, 2, plain);
  add(tcp, "checksum", at + 16, 2, hexed);
  add(tcp, "urgent pointer", at + 18, 2, plain);
  for (let place = at + 20; place < Math.min(at + size, bytes.length);) {
    const kind = bytes[place];
    const taken = kind < 2 ? 1 : bytes[place + 1];
    if (!(taken >= 1)) break;
    const [name, words] = { 0: ["end of options", () => ""], 1: ["no operation", () => ""], 2: ["maximum segment size", () => number(place + 2, 2)], 3: ["window scale", () => `shift by ${bytes[place + 2]}`], 4: ["SACK permitted", () => ""],
      5: ["SACK", () => Array.from({ length: (taken - 2) / 8 }, (_, i) => `${number(place + 2 + 8 * i, 4)}..${number(place + 6 + 8 * i, 4)}`).join(", ")], 8: ["timestamps", () => `${number(place + 2, 4)}, echoes ${number(place + 6, 4)}`], 34: ["Fast Open cookie", () => taken > 2 ? hex(place + 2, place + taken) : "asked for"] }[kind] ?? [`option ${kind}`, () => hex(place, place + taken)];
    add(tcp, name, place, taken, words);
    if (fields.length) fields[fields.length - 1].isOption = true;
    place += taken;
  }
  if (size >= 20 && at + size < bytes.length) fields.push({ layer: "Payload", name: "data", at: at + size, size: bytes.length - at - size, words: `${bytes.length - at - size} bytes` });
  return { fields };
}

/** The panel of a segment; what it shows of a frame lights up together with its bytes. */
function segmentPanel(run, number, close, turn) {
  const { from, words, fields, packets, bytes, size } = readSegment(run, number);
  const rows = fields.map(([name, text]) => html("div", {}, html("dt", {}, name), html("dd", {}, text)));
  const panel = html("section", { id: "segment", tabindex: -1, "aria-label": "Segment" },
    html("div", { class: "panelbar" }, html("h3", {}, `Segment ${number + 1} of ${run.ladder.arrows.length}: ${"AB"[from]} → ${"AB"[1 - from]} ${words}`),
      html("button", { type: "button", "aria-label": "Previous segment", disabled: number === 0, onclick: () => turn(-1) }, "‹"),
      html("button", { type: "button", "aria-label": "Next segment", disabled: number === run.ladder.arrows.length - 1, onclick: () => turn(1) }, "›"),
      html("button", { type: "button", "aria-label": "Close", onclick: close }, "✕")));
  const body = html("div", { class: "panelbody" }, html("dl", { class: "fields" }, ...rows,
    html("div", {}, html("dt", {}, "captures"), html("dd", {}, ...(packets.length ? packets.map(({ file, packet }) => html("div", {}, `packet ${packet} of `, html("code", {}, file))) : [bytes ? "in none: it came to no host" : "in none: the record has no bytes of it"])))));
  body.append(bytes ? frameTable(bytes, size) : html("p", { class: "faint" }, "Numbers count from the initial sequence numbers. The record has no bytes of this frame."));
  panel.append(body);
  return panel;
}

function frameTable(bytes, size) {
  const { fields } = decodeFrame(bytes);
  const box = html("div", { class: "frame" });
  const light = (number, on) => { for (const element of box.querySelectorAll(`[data-field="${number}"]`)) element.classList.toggle("lit", on); };
  const owner = at => fields.findIndex(field => at >= field.at && at < field.at + field.size);
  const bound = (element, number) => {
    if (number < 0) return element;
    element.dataset.field = number;
    for (const [event, on] of [["mouseenter", true], ["mouseleave", false]]) element.addEventListener(event, () => light(number, on));
    return element;
  };
  const dump = html("pre", { class: "bytes", tabindex: 0, role: "region", "aria-label": "Bytes of the frame" });
  for (let line = 0; line < bytes.length; line += 16) {
    dump.append(`${line.toString(16).padStart(4, "0")}  `);
    for (let at = line; at < Math.min(line + 16, bytes.length); at++) dump.append(bound(html("span", {}, bytes[at].toString(16).padStart(2, "0")), owner(at)), " ");
    dump.append("   ".repeat(Math.max(0, line + 16 - bytes.length)), " ", ...bytes.slice(line, line + 16).map((byte, index) => bound(html("span", {}, byte > 32 && byte < 127 ? String.fromCharCode(byte) : "."), owner(line + index))), "\n");
  }
  const list = html("table", { class: "grid" }, html("thead", {}, html("tr", {}, ...["layer", "field", "value"].map(head => html("th", { scope: "col" }, head)))),
    html("tbody", {}, ...fields.map((field, number) => bound(html("tr", {}, html("td", {}, field.layer), html("td", {}, field.name), html("td", {}, field.words)), number))));
  const rest = size > bytes.length ? `The first ${bytes.length} of ${size} bytes; the captures have all. ` : "";
  box.append(dump, html("p", { class: "faint" }, rest, "The captures are what ", html("code", {}, "--pcap DIRECTORY"), " writes, also from a record. Above, numbers count from the initial sequence numbers."), html("details", { open: true }, html("summary", {}, "Headers"), list));
  return box;
}

/** Shows a segment's headers beside the mouse. */
function tipOf(run, number, event) {
  const { words, fields } = readSegment(run, number);
  const tip = $("tip") ?? document.body.appendChild(html("div", { id: "tip", role: "tooltip" }));
  tip.replaceChildren(html("b", {}, words), ...fields.map(([name, text]) => html("div", {}, html("span", {}, name), ` ${text}`)), html("small", {}, "click for more"));
  tip.hidden = false;
  const box = tip.getBoundingClientRect();
  tip.style.left = `${Math.max(4, Math.min(event.clientX + 14, innerWidth - box.width - 8))}px`;
  tip.style.top = `${event.clientY + 18 + box.height > innerHeight ? Math.max(4, event.clientY - box.height - 12) : event.clientY + 18}px`;
}

function hideTip() { if ($("tip")) $("tip").hidden = true; }

/** Makes the segments of a drawn diagram answer to mouse and keys; one of them at a time can be reached by Tab. */
function wireSegments(picture, run, choose) {
  const arrows = [...picture.querySelectorAll("[data-segment]")];
  arrows[0]?.setAttribute("tabindex", 0);
  const reach = arrow => {
    for (const other of arrows) other.setAttribute("tabindex", other === arrow ? 0 : -1);
    arrow.focus();
    arrow.scrollIntoView({ block: "nearest" });
  };
  arrows.forEach((arrow, number) => {
    arrow.addEventListener("mousemove", event => tipOf(run, number, event));
    arrow.addEventListener("mouseleave", hideTip);
    arrow.addEventListener("click", () => { hideTip(); choose(number); });
    arrow.addEventListener("keydown", event => {
      const steps = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
      if (steps[event.key]) { event.preventDefault(); const next = arrows[number + steps[event.key]]; if (next) reach(next); }
      if (event.key === "Home" || event.key === "End") { event.preventDefault(); reach(arrows[event.key === "Home" ? 0 : arrows.length - 1]); }
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(number); }
    });
  });
}
