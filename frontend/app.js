// Enhances pages that already work without it: the pattern family's own behaviour, htmx, and what forms need
// (autosave, one submission per press, a warning before unsaved text is left).
import { initAll } from "govuk-frontend";
import "htmx.org";
import { watchForms } from "./forms.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();
watchForms(document);
