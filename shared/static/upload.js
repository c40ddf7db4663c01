// Proofs by drag and drop: one request per file, with its progress, to be cancelled and tried again.
// Without this module the same form sends its files the plain way.

const form = document.querySelector("form[data-proofs]");
if (form) {
  start(form);
}

function start(form) {
  const input = form.querySelector("input[type=file]");
  const zone = form.querySelector("[data-upload]");
  const queue = form.querySelector("[data-queue]");
  const blank = form.querySelector("template[data-row]");
  const status = form.querySelector("[data-status]");
  const busy = form.querySelector("[data-busy]");
  const words = form.querySelector("[data-words]").dataset;
  const waiting = [];
  let running = null;

  form.querySelectorAll(".without-scripts").forEach((one) => { one.hidden = true; });
  input.addEventListener("change", () => {
    add(input.files);
    input.value = "";
  });
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
  }
  zone.addEventListener("dragleave", (event) => {
    if (!zone.contains(event.relatedTarget)) {
      zone.classList.remove("over");
    }
  });
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    add(event.dataTransfer.files);
  });
  form.addEventListener("submit", (event) => {
    if (isBusy()) {
      event.preventDefault();
      busy.hidden = false;
      busy.focus();
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (isBusy()) {
      event.preventDefault();
    }
  });

  function isBusy() {
    return running !== null || waiting.length > 0;
  }

  function add(files) {
    for (const file of files) {
      const row = blank.content.firstElementChild.cloneNode(true);
      const one = { file, row, request: null };
      row.querySelectorAll("[data-name]").forEach((place) => {
        place.textContent = place.classList.contains("unseen") ? ` ${file.name}` : file.name;
      });
      row.querySelector("[data-size]").textContent = sizeOf(file.size);
      row.querySelector("[data-cancel]").addEventListener("click", () => cancel(one));
      row.querySelector("[data-retry]").addEventListener("click", () => enqueue(one));
      queue.append(row);
      if (file.size > Number(form.dataset.mostBytes)) {
        fail(one, words.large, false);
      } else {
        enqueue(one);
      }
    }
  }

  function enqueue(one) {
    show(one, { note: words.waiting, percent: 0, retry: false });
    waiting.push(one);
    next();
  }

  function next() {
    if (running === null && waiting.length > 0) {
      send(waiting.shift());
    }
    if (!isBusy()) {
      busy.hidden = true;
    }
  }

  function send(one) {
    running = one;
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("proof", one.file);
    one.request = request;
    request.upload.addEventListener("progress", (event) => {
      const percent = event.lengthComputable ? Math.floor((100 * event.loaded) / event.total) : 0;
      show(one, { note: words.percent.replace("{percent}", `${percent} %`), percent, retry: false });
    });
    request.upload.addEventListener("load", () => {
      show(one, { note: words.reading, percent: 100, retry: false });
    });
    request.addEventListener("load", () => answered(one, request));
    request.addEventListener("error", () => over(one, () => fail(one, words.failed, true)));
    request.addEventListener("abort", () => over(one, () => {
      one.row.remove();
      status.textContent = words.cancelled;
      input.focus();
    }));
    request.open("POST", form.dataset.to);
    request.send(body);
  }

  async function answered(one, request) {
    if (request.status !== 201) {
      over(one, () => fail(one, reason(request), request.status >= 500 || [401, 408, 409, 429].includes(request.status)));
      return;
    }
    await refresh();
    over(one, () => {
      one.row.remove();
      status.textContent = words.done.replace("{name}", one.file.name);
    });
  }

  function over(one, then) {
    one.request = null;
    running = null;
    then();
    next();
  }

  function cancel(one) {
    const place = waiting.indexOf(one);
    if (one.request) {
      one.request.abort();
      return;
    }
    if (place >= 0) {
      waiting.splice(place, 1);
    }
    one.row.remove();
    status.textContent = words.cancelled;
    input.focus();
    next();
  }

  function fail(one, note, again) {
    show(one, { note, percent: 0, retry: again, failed: true });
    status.textContent = `${one.file.name}: ${note}`;
  }

  function show(one, { note, percent, retry, failed = false }) {
    const progress = one.row.querySelector("progress");
    progress.value = percent;
    progress.hidden = failed;
    progress.setAttribute("aria-label", one.file.name);
    const said = one.row.querySelector("[data-note]");
    said.textContent = note;
    said.className = failed ? "error" : "hint";
    one.row.querySelector("[data-retry]").hidden = !retry;
    one.row.querySelector("[data-cancel-words]").textContent = failed ? words.dismiss : words.cancel;
  }

  function reason(request) {
    try {
      const problem = JSON.parse(request.responseText);
      const told = (problem.errors ?? []).map((one) => one.message);
      return told.length > 0 ? told.join(" ") : problem.detail || words.refused;
    } catch {
      return request.status >= 500 ? words.failed : words.refused;
    }
  }

  // The server says what it found in the files: the list is taken from the page itself.
  async function refresh() {
    try {
      const answer = await fetch(form.getAttribute("action"), { headers: { accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("proof-files");
      if (fresh) {
        document.getElementById("proof-files").replaceWith(document.importNode(fresh, true));
      }
    } catch {
      status.textContent = words.failed;
    }
  }
}

function sizeOf(bytes) {
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
