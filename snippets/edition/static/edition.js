// Opens what is folded: the section that an address leads to or into, and everything while the page is printed;
// has the figures be there by then, and what scrolls sideways be reached by the keyboard.
"use strict";
const named = (part) => {
  try { return document.getElementById(decodeURIComponent(part)); } catch { return null; } // "%" and no two digits
};
const opened = () => {
  const target = location.hash && named(location.hash.slice(1));
  if (!target) return;
  for (let at = target; at; at = at.parentElement) if (at.localName === "details") at.open = true;
  // A heading stands before what is folded below it.
  const below = target.closest("section")?.querySelector(":scope > details.further");
  if (below) below.open = true;
  target.scrollIntoView();
};
let folded = [];
addEventListener("hashchange", opened);
addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("details:not([open])")];
  folded.forEach((each) => { each.open = true; });
});
// Figures that nobody has scrolled to would be missing on paper: once the page is there they are fetched.
addEventListener("load", () => { for (const each of document.images) each.loading = "eager"; });
addEventListener("afterprint", () => folded.forEach((each) => { each.open = false; }));
opened();
const scrolled = () => {
  for (const each of document.querySelectorAll(".highlight pre, .cell_output, .output pre, .table-wrapper")) {
    if (each.scrollWidth > each.clientWidth + 1) each.tabIndex = 0;
    else each.removeAttribute("tabindex");
  }
};
document.addEventListener("toggle", scrolled, true); // what was folded had no width
addEventListener("resize", scrolled);
scrolled();
