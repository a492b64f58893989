// Every kind of page on a desk, held against axe-core.
import { accessible } from "../support/accessibility.js";
import { desktop } from "../support/browser.js";

accessible(desktop);
