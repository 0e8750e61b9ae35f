// Keys of the queue: j and k go from case to case, x chooses one, / searches, ? explains. Everything works without.
// They can be switched off on this device: single letters may be somebody's voice or another tool's keys.
const OFF = "benthu-keys-off";

const isTyping = (target) => target.matches?.("input:not([type=checkbox]), textarea, select, [contenteditable]");

/** The links of the cases, in the order of the table. */
const cases = (table) => [...table.querySelectorAll("tbody th a")];

function step(table, by) {
  const links = cases(table);
  const row = document.activeElement?.closest("tr");
  const at = links.findIndex((link) => link.closest("tr") === row);
  links[at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + by, 0), links.length - 1)]?.focus();
}

function tick(table) {
  const row = document.activeElement?.closest("tr");
  if (row && table.contains(row)) row.querySelector("input[name=case]")?.click();
}

/** Lets the queue below `root` be worked by keys. */
export function watchQueue(root) {
  const table = root.querySelector("[data-keys]");
  const help = root.querySelector("[data-keys-help]");
  if (!table || !help) return;
  const open = root.querySelector("[data-keys-open]");
  open.hidden = false;
  open.querySelector("button").addEventListener("click", () => help.showModal());
  const on = help.querySelector("[data-keys-on]");
  on.checked = localStorage.getItem(OFF) === null;
  on.addEventListener("change", () => (on.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "yes")));
  const keys = {
    j: () => step(table, 1),
    k: () => step(table, -1),
    x: () => tick(table),
    "/": () => root.querySelector("#q")?.select(),
    "?": () => help.showModal(),
  };
  root.addEventListener("keydown", (event) => {
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!on.checked || !plain || help.open || !(event.key in keys) || isTyping(event.target)) return;
    event.preventDefault();
    keys[event.key]();
  });
}
