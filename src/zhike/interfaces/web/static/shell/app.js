// The shell's behaviour, by delegation: pages stay usable without it. No inline code, no eval.
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const root = document.documentElement;

  // --- light and dark: the server draws what the cookie says; the first visit follows the system ---------------
  const remember = (theme) => { document.cookie = `theme=${theme};path=/;max-age=31536000;samesite=lax`; root.dataset.bsTheme = theme; };
  if ("themeUnknown" in root.dataset) {
    remember(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    delete root.dataset.themeUnknown;
  }

  // --- toasts -----------------------------------------------------------------------------------------------------
  const toast = (words, bad = false, undo = "", label = "") => {
    const box = document.createElement("div");
    box.className = bad ? "z-toast is-bad" : "z-toast";
    box.textContent = words;
    if (undo) {
      const back = document.createElement("button");
      back.type = "button"; back.className = "btn btn-sm"; back.textContent = label; back.dataset.key = "u";
      back.addEventListener("click", () => { box.remove(); window.htmx.ajax("POST", undo, { source: document.body, target: "#drawer-body", swap: "innerHTML" }); });
      box.append(" ", back);
    }
    // A modal dialog makes the rest of the page inert, so words must appear inside it.
    const place = $("dialog[open]") || $("#toasts");
    if (place.id !== "toasts") { box.classList.add("z-toast-inside"); box.setAttribute("role", "status"); }
    place.append(box);
    setTimeout(() => box.remove(), undo ? 15000 : bad ? 9000 : 5000);
  };
  $$("[data-toast]").forEach((box) => setTimeout(() => box.remove(), 7000));
  document.addEventListener("toast", (event) => toast(event.detail.words ?? event.detail.value ?? event.detail, event.detail.bad, event.detail.undo, event.detail.label));

  // --- dialogs ----------------------------------------------------------------------------------------------------
  const drawer = $("#drawer");
  const show = (dialog) => { if (dialog && !dialog.open) dialog.showModal(); };
  const openDrawer = (url) => window.htmx.ajax("GET", url, { target: "#drawer-body", swap: "innerHTML" });
  const openPalette = () => { const palette = $("#palette"); if (!palette) return; show(palette); const input = $("input", palette); input.select(); window.htmx.trigger(document.body, "palette:open"); };
  const isDirty = (form) => [...form.elements].some((e) => e.name && e.type !== "hidden" && (e.type === "checkbox" || e.type === "radio" ? e.checked !== e.defaultChecked : e.tagName === "SELECT" ? [...e.options].some((o) => o.selected !== o.defaultSelected) : e.value !== e.defaultValue));
  const closeDrawer = () => {
    const form = $("form[data-keep]", drawer);
    if (form && isDirty(form) && !window.confirm(form.dataset.keep)) return;
    drawer.close();
    $("#drawer-body").replaceChildren();
  };
  if (drawer) {
    drawer.addEventListener("cancel", (event) => { event.preventDefault(); closeDrawer(); });
    drawer.addEventListener("click", (event) => { if (event.target === drawer) closeDrawer(); });
  }
  document.addEventListener("drawer:close", () => { if (drawer && drawer.open) { drawer.close(); $("#drawer-body").replaceChildren(); } });
  document.addEventListener("click", (event) => { const d = event.target; if (d.tagName === "DIALOG" && d !== drawer) d.close(); });

  // --- htmx -------------------------------------------------------------------------------------------------------
  let typed = null, changing = "";
  document.addEventListener("htmx:beforeSwap", () => { const at = document.activeElement; typed = at && at.id === "find-words" ? { value: at.value, from: at.selectionStart, to: at.selectionEnd } : null; });
  document.addEventListener("htmx:afterSwap", (event) => {
    const field = typed && event.detail.target.id === "list" ? $("#find-words") : null;
    if (field && field.value !== typed.value) { field.value = typed.value; field.focus(); field.setSelectionRange(typed.from, typed.to); field.dispatchEvent(new Event("input", { bubbles: true })); }
    if (event.detail.target.id === "drawer-body") { show(drawer); const first = $("[autofocus], .is-invalid, form[data-keep] :is(input:not([type=hidden]), select, textarea)", drawer); if (first) first.focus(); }
    if (event.detail.target.id === "list") bulk();
    const inline = $(".z-inline-field", event.detail.target);
    if (inline) { changing = inline.getAttribute("action").split("/").at(-2); const first = $(":is(input:not([type=hidden]), select, textarea)", inline); if (first) { first.focus(); if (first.select) first.select(); } }
    if (event.detail.target.id === "record" && changing) { const pencil = document.getElementById("change-" + changing); changing = ""; if (pencil) pencil.focus(); }
    if (event.detail.target.id === "palette-found") choose(0);
    if (event.detail.target.matches("[data-found]")) expand(event.detail.target.closest(".z-picker"));
  });
  document.addEventListener("htmx:responseError", (event) => {
    const xhr = event.detail.xhr;
    const plain = (xhr.getResponseHeader("Content-Type") || "").startsWith("text/plain");
    toast(plain && xhr.responseText ? xhr.responseText : root.lang.startsWith("zh") ? "操作没有完成，请重试。" : "This did not work. Try again.", true);
  });
  document.addEventListener("htmx:sendError", () => toast(root.lang.startsWith("zh") ? "网络不通，内容还在，请稍后重试。" : "No connection. What you typed is still here; try again.", true));

  // --- clicks -----------------------------------------------------------------------------------------------------
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const at = (selector) => event.target.closest(selector);
    let hit;
    if ((hit = at("[data-theme-switch]"))) { event.preventDefault(); remember(root.dataset.bsTheme === "dark" ? "light" : "dark"); hit.value = root.dataset.bsTheme === "dark" ? "light" : "dark"; return; }
    if ((hit = at("[data-dialog]"))) { event.preventDefault(); closeMenus(); if (hit.dataset.dialog === "palette") openPalette(); else show($("#" + hit.dataset.dialog)); return; }
    if (at("[data-close]")) { const d = at("dialog"); if (d === drawer) closeDrawer(); else d.close(); return; }
    if ((hit = at("a[data-drawer]")) && drawer) { event.preventDefault(); openDrawer(hit.href); return; }
    if ((hit = at("[data-back]"))) { event.preventDefault(); history.back(); return; }
    const row = at("tr[data-url]");
    if (row && !at("a, button, input, label, select, summary")) { here(row); if (drawer) openDrawer(row.dataset.url); }
  });
  const closeMenus = (except) => $$("details.z-menu[open]").forEach((menu) => { if (menu !== except) menu.open = false; });
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.z-menu")));

  // --- selection --------------------------------------------------------------------------------------------------
  const boxes = () => $$("tbody .z-pick input");
  const bulk = () => {
    const bar = $("#bulk"); if (!bar) return;
    const picked = boxes().filter((b) => b.checked);
    boxes().forEach((b) => b.closest("tr").classList.toggle("is-selected", b.checked));
    bar.hidden = picked.length === 0;
    const number = $("[data-picked]", bar); if (number) number.textContent = picked.length;
    const all = $("thead .z-pick input"); if (all) { all.checked = picked.length > 0 && picked.length === boxes().length; all.indeterminate = picked.length > 0 && !all.checked; }
  };
  let lastPicked = null;
  document.addEventListener("click", (event) => {
    const box = event.target.closest("tbody .z-pick input"); if (!box) return;
    if (event.shiftKey && lastPicked) { const list = boxes(); const [a, b] = [list.indexOf(lastPicked), list.indexOf(box)].sort((x, y) => x - y); list.slice(a, b + 1).forEach((one) => { one.checked = box.checked; }); bulk(); }
    lastPicked = box;
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("thead .z-pick input")) boxes().forEach((b) => { b.checked = event.target.checked; });
    if (event.target.closest(".z-pick")) bulk();
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  });

  // --- rows by keyboard -------------------------------------------------------------------------------------------
  const rows = () => $$("tr[data-url]", $("#list") || document);
  const here = (row) => { $$("tr.is-here").forEach((r) => r.classList.remove("is-here")); if (row) { row.classList.add("is-here"); row.scrollIntoView({ block: "nearest" }); } };
  const step = (by) => { const list = rows(); if (!list.length) return; const now = list.findIndex((r) => r.classList.contains("is-here")); here(list[Math.min(Math.max(now + by, 0), list.length - 1)]); };
  const current = () => $("tr.is-here");

  // --- palette ----------------------------------------------------------------------------------------------------
  const found = () => $$("#palette-found a");
  const choose = (index) => { const list = found(); list.forEach((a, i) => a.classList.toggle("is-here", i === index)); if (list[index]) list[index].scrollIntoView({ block: "nearest" }); };
  document.addEventListener("keydown", (event) => {
    const palette = $("#palette"); if (!palette || !palette.open || event.isComposing || event.keyCode === 229) return;
    const list = found(); const now = list.findIndex((a) => a.classList.contains("is-here"));
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); choose((now + (event.key === "ArrowDown" ? 1 : -1) + list.length) % (list.length || 1)); }
    if (event.key === "Enter" && list.length) { event.preventDefault(); (list[now] || list[0]).click(); }
  });

  // --- keys: never while an input method composes, never while typing ----------------------------------------------
  const typing = (element) => element.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); openPalette(); return; }
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") { const form = event.target.closest("form"); if (form) { event.preventDefault(); form.requestSubmit(); } return; }
    if (event.key === "Escape") { closeMenus(); const inline = event.target.closest(".z-inline-field"); if (inline) { event.preventDefault(); $("[data-inline-cancel]", inline).click(); return; } }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if ($("dialog[open]") && event.key !== "?") return;
    // Who speaks to the machine or presses keys by accident can switch the single keys off (the sheet behind "?").
    if (event.key !== "?" && event.key !== "Enter" && localStorage.getItem("keys") === "off") return;
    const act = { "/": openPalette, "?": () => show($("#keys")), j: () => step(1), k: () => step(-1),
      Enter: () => { const row = current(); if (row && event.target.closest("a, button, summary") === null) openDrawer(row.dataset.url); else return false; },
      o: () => { const link = current() && $(".z-name a", current()); if (link) link.click(); },
      x: () => { const box = current() && $(".z-pick input", current()); if (box) { box.checked = !box.checked; bulk(); } },
      // A page gives its own keys to buttons: the three classes on the service desk, the neighbours of a record.
      ...Object.fromEntries($$("[data-key]").flatMap((button) => button.dataset.key.split(" ").map((key) => [key, () => button.click()]))),
      n: () => { const add = $("[data-new]"); if (add) add.click(); } }[event.key];
    if (act && act() !== false) event.preventDefault();
  });
  const keysBox = $("[data-keys]");
  if (keysBox) { keysBox.checked = localStorage.getItem("keys") !== "off"; keysBox.addEventListener("change", () => localStorage.setItem("keys", keysBox.checked ? "on" : "off")); }
  // htmx must not search for half a syllable: events during composition are held back, one follows at its end.
  document.addEventListener("input", (event) => { if (event.isComposing) event.stopImmediatePropagation(); }, true);
  document.addEventListener("keyup", (event) => { if (event.isComposing || event.keyCode === 229) event.stopImmediatePropagation(); }, true);
  document.addEventListener("compositionend", (event) => setTimeout(() => event.target.dispatchEvent(new InputEvent("input", { bubbles: true })), 0));

  const expand = (picker) => {
    const input = $("input[type=search]", picker);
    input.setAttribute("aria-expanded", String($$("[role=option]", picker).length > 0));
    input.removeAttribute("aria-activedescendant");
  };

  document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) window.print(); });

  // --- files dropped on the form that takes them ----------------------------------------------------------------------
  const zone = (event) => event.target.closest && event.target.closest("[data-drop]");
  document.addEventListener("dragover", (event) => { const form = zone(event); if (form) { event.preventDefault(); form.classList.add("is-over"); } });
  document.addEventListener("dragleave", (event) => { const form = zone(event); if (form) form.classList.remove("is-over"); });
  document.addEventListener("drop", (event) => { const form = zone(event); if (!form || !event.dataTransfer.files.length) return; event.preventDefault(); form.classList.remove("is-over"); $("input[type=file]", form).files = event.dataTransfer.files; form.requestSubmit(); });
  // --- phrases that are said again and again ------------------------------------------------------------------------
  document.addEventListener("click", (event) => {
    const phrase = event.target.closest("[data-say]"); if (!phrase) return;
    const field = $("#" + phrase.dataset.say); field.value = phrase.textContent.trim(); field.focus();
  });

  // --- picker of related records ------------------------------------------------------------------------------------
  document.addEventListener("click", (event) => {
    const option = event.target.closest(".z-picker [role=option]"); if (!option) return;
    const picker = option.closest(".z-picker");
    $("input[type=hidden]", picker).value = option.dataset.uid;
    const input = $("input[type=search]", picker); input.value = option.textContent.trim(); input.focus();
    $("[data-found]", picker).replaceChildren(); expand(picker);
  });
  document.addEventListener("keydown", (event) => {
    const picker = event.target.closest && event.target.closest(".z-picker"); if (!picker || event.isComposing || event.keyCode === 229) return;
    const options = $$("[role=option]", picker); if (!options.length) return;
    const now = options.findIndex((o) => o.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); const next = (now + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length; options.forEach((o, i) => o.setAttribute("aria-selected", i === next)); $("input[type=search]", picker).setAttribute("aria-activedescendant", options[next].id); options[next].scrollIntoView({ block: "nearest" }); }
    if (event.key === "Enter") { event.preventDefault(); (options[now] || options[0]).click(); }
    if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); $("[data-found]", picker).replaceChildren(); expand(picker); }
  }, true);
  bulk();
})();
