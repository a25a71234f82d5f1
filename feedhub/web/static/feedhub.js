// Small comforts; every page works without them.
(() => {
  "use strict";

  // Copy buttons show themselves only where copying works.
  const wire = (root) => {
    if (!navigator.clipboard) return;
    for (const button of root.querySelectorAll("[data-copy]")) {
      const field = document.getElementById(button.dataset.copy);
      const words = button.innerHTML;
      button.hidden = false;
      button.addEventListener("click", async () => {
        try {
          await navigator.clipboard.writeText(field.value);
          button.textContent = button.dataset.copied;
        } catch {
          field.focus();
          field.select();
          button.textContent = button.dataset.failed;
        }
        setTimeout(() => { button.innerHTML = words; }, 2500);
      });
    }
  };
  wire(document);

  // Where a form says so, what is chosen shows at once: the page that its button would bring, put in place.
  for (const form of document.querySelectorAll("[data-live]")) {
    let asked = 0;
    form.addEventListener("change", async () => {
      const turn = ++asked;
      const pairs = [...new FormData(form)].filter(([, value]) => value);
      const address = `${form.action}${pairs.length ? "?" : ""}${new URLSearchParams(pairs)}`;
      const answer = await fetch(address).catch(() => null);
      if (!answer || !answer.ok || turn !== asked) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const here = document.getElementById(form.dataset.live), fresh = page.getElementById(form.dataset.live);
      if (!fresh || turn !== asked) return;
      // The line that is read out stays the same element, so that a change of it is heard.
      const said = here.querySelector("[role=status]"), now = fresh.querySelector("[role=status]").innerHTML;
      fresh.querySelector("[role=status]").replaceWith(said);
      here.replaceChildren(...fresh.childNodes);
      said.innerHTML = now;
      document.querySelector(".chips")?.remove();
      const chips = page.querySelector(".chips");
      if (chips) form.parentElement.before(chips);
      history.replaceState(null, "", address);
      wire(here);
    });
  }

  // What is left open stands in no address.
  for (const form of document.querySelectorAll(".narrowing, .facets")) {
    form.addEventListener("formdata", ({ formData }) => {
      for (const [name, value] of [...formData]) if (!value) formData.delete(name);
    });
  }

  // On small screens the filters start folded.
  const narrow = matchMedia("(max-width: 56rem)");
  for (const fold of document.querySelectorAll("[data-fold]")) {
    if (narrow.matches) fold.open = false;
  }

  // What is new since the last visit: only this browser knows when that was. A visit ends after half an hour of silence.
  for (const said of document.querySelectorAll("[data-since]")) {
    try {
      const now = Date.now();
      const kept = JSON.parse(localStorage.getItem("feedhub.visit") || "{}");
      const since = now - (kept.seen || 0) > 30 * 60e3 ? kept.seen : kept.since;
      localStorage.setItem("feedhub.visit", JSON.stringify({ since: since, seen: now }));
      if (!since) continue;
      let count = 0;
      for (const item of document.querySelectorAll("[data-instant]")) {
        if (Date.parse(item.dataset.instant) <= since) continue;
        count += 1;
        const mark = document.createElement("span");
        mark.className = "badge fresh";
        mark.textContent = said.dataset.mark;
        item.querySelector(".entry-meta").append(" ", mark);
      }
      said.textContent = count === 0 ? said.dataset.none : count === 1 ? said.dataset.one : said.dataset.many.replace("{n}", count);
      said.hidden = false;
    } catch {
      // Without storage nothing is marked.
    }
  }

  // A half-written notice is not lost by a slip.
  for (const form of document.querySelectorAll("[data-guard]")) {
    let changed = false;
    form.addEventListener("input", () => { changed = true; });
    form.addEventListener("submit", () => { changed = false; });
    addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
  }

  // In pictures the arrow keys go from date to date.
  for (const picture of document.querySelectorAll("svg.timeline, svg.strip")) {
    picture.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const links = [...picture.querySelectorAll("a")];
      const here = links.indexOf(document.activeElement);
      if (!step || here < 0) return;
      const next = links[here + step];
      if (next) {
        event.preventDefault();
        next.focus();
        next.scrollIntoView({ block: "nearest", inline: "nearest" });
      }
    });
  }
})();
