// Enhances pages that already work without it: the pattern family's own behaviour, htmx, what forms need
// (autosave, one submission per press, a warning before unsaved text is left) and the number of unread news.
import { initAll } from "govuk-frontend";
import "htmx.org";
import { watchForms } from "./forms.js";
import { watchQueue } from "./queue.js";
import { countUnread } from "./inbox.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();
watchForms(document);
watchQueue(document);
countUnread(document);
