// Keyboard shortcuts of the reviewers' pages. What has one carries data-key; the page tells them all.

const list = document.querySelector("[data-keys]");
const OFF = "review-keys-off";

if (list) {
  start();
}

function start() {
  const box = list.querySelector("[data-switch]");
  const off = box.querySelector("input");
  box.hidden = false;
  off.checked = remembered() === "yes";
  off.addEventListener("change", () => remember(off.checked ? "yes" : ""));
  document.addEventListener("keydown", (event) => {
    if (off.checked || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || typing(event)) {
      return;
    }
    if (pressed(event.key)) {
      event.preventDefault();
    }
  });
}

function typing(event) {
  return event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");
}

function pressed(key) {
  if (key === "?") {
    list.open = !list.open;
    list.querySelector("summary").focus();
    return true;
  }
  if (key === "j" || key === "k") {
    return step(key === "j" ? 1 : -1);
  }
  const target = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key);
  if (!target) {
    return false;
  }
  if (target.matches("a")) {
    target.click();
  } else {
    reach(target);
  }
  return true;
}

function step(by) {
  const rows = [...document.querySelectorAll("[data-rows] tbody th a")];
  if (!rows.length) {
    return false;
  }
  const now = rows.indexOf(document.activeElement);
  const next = now < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(now + by, 0), rows.length - 1);
  rows[next].focus();
  return true;
}

function reach(target) {
  const field = target.querySelector("input:not([type=hidden]), textarea, select, a") || target;
  field.focus();
  target.scrollIntoView({block: "start"});
}

// A browser that keeps nothing has the shortcuts on at every visit.
function remembered() {
  try {
    return localStorage.getItem(OFF);
  } catch {
    return null;
  }
}

function remember(value) {
  try {
    localStorage.setItem(OFF, value);
  } catch {
    return;
  }
}
