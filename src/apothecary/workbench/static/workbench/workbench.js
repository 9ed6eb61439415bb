// The workstation in the browser. Each part stands alone and listens on the document, so that
// pieces swapped in by htmx need no setting up.
import "./scan.js";
import "./keys.js";
import "./rows.js";
import "./fields.js";
import "./draft.js";
import "./keep.js";
import "./live.js";
import "./present.js";
import "./tone.js";
import "./sign.js";
import "./clock.js";
