// Every kind of page on a phone, held against axe-core.
import { accessible } from "../support/accessibility.js";
import { phone } from "../support/browser.js";

accessible(phone, { "a guide with its menu open": (page) => page.getByRole("button", { name: "Menu" }).click() });
