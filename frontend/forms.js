// What a long form gains from a script: autosave, one submission per press, a warning before text is lost.
// Words come from the page (data-* attributes), so that they are in the page's language.

const PAUSE = 1200; // milliseconds without a key before a draft is sent

const clock = () => new Date().toTimeString().slice(0, 5);

/** Says something in the form's live region; a problem stays visible in the colour of errors. */
function say(form, text, problem = false) {
  const place = form.querySelector("[data-saved]");
  if (!place) return;
  place.textContent = text;
  place.classList.toggle("app-saved--problem", problem);
}

/** Takes over what the next save must build on: the revision, what stands there. Returns whether all was kept. */
async function adopt(form, response, sent) {
  const { revision, errors = {} } = await response.json();
  const field = form.elements.namedItem("revision");
  if (field && revision !== undefined) field.value = revision;
  for (const was of form.querySelectorAll('[name^="was."]')) {
    const name = was.name.slice(4);
    if (!(name in errors)) was.value = sent.get(name) ?? "";
  }
  return Object.keys(errors).length === 0;
}

/** Sends the draft; whatever happens, everything typed stays on the page. Returns whether all was kept. */
async function save(form) {
  const body = new FormData(form);
  for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
  try {
    const response = await fetch(form.dataset.autosave, {
      method: "POST",
      body: new URLSearchParams(body),
      headers: { Accept: "application/json" },
      credentials: "same-origin",
    });
    if (!response.ok) {
      say(form, response.status === 409 ? form.dataset.conflictText : form.dataset.failedText, true);
      return false;
    }
    const whole = await adopt(form, response, body);
    if (whole) say(form, `${form.dataset.savedText} ${clock()}`);
    else say(form, form.dataset.partlyText, true);
    return whole;
  } catch {
    say(form, form.dataset.failedText, true);
    return false;
  }
}

/** Saves after a pause in typing, one request at a time, the latest state last. */
function autosave(form, state) {
  let timer;
  let waiting = 0;
  let running = Promise.resolve();
  const send = async () => {
    const typed = state.typed;
    if ((await save(form)) && state.typed === typed) state.dirty = false;
    waiting -= 1;
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      waiting += 1;
      running = running.then(send);
    }, PAUSE);
  });
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (waiting === 0) return;
    // a save on its way brings the revision this submission must build on: go on once it is here
    event.preventDefault();
    const { submitter } = event;
    running.then(() => form.requestSubmit(submitter));
  });
}

function watch(form) {
  const state = { dirty: false, typed: 0 };
  form.addEventListener("input", () => {
    state.dirty = true;
    state.typed += 1;
  });
  form.addEventListener("submit", () => (state.dirty = false));
  if (form.dataset.autosave) autosave(form, state);
  window.addEventListener("beforeunload", (event) => {
    if (state.dirty) event.preventDefault();
  });
}

/** Lets a form marked on its button be sent once; coming back with the browser's arrow arms it again. */
function sendOnce(root) {
  root.addEventListener("submit", (event) => {
    if (event.defaultPrevented || !event.submitter?.hasAttribute("data-prevent-double-click")) return;
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "yes";
    event.submitter.setAttribute("aria-disabled", "true");
  });
  window.addEventListener("pageshow", () => {
    root.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
    root.querySelectorAll("[data-prevent-double-click][aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
  });
}

/** Looks after every form below `root` that asks for it (data-autosave, data-warn-unsaved, a guarded button). */
export function watchForms(root) {
  root.querySelectorAll("form[data-autosave], form[data-warn-unsaved]").forEach(watch);
  sendOnce(root);
}
