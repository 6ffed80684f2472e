// Cards of a board are dragged to another step. The server decides; what it refuses goes back and says why.
(() => {
  "use strict";
  const start = () => {
    const board = document.querySelector("[data-board][data-may-move]");
    if (!board || board.dataset.ready) return;
    board.dataset.ready = "yes";
    const { board: code, act, by } = board.dataset;
    board.querySelectorAll("[data-column]").forEach((column) => {
      window.Sortable.create(column, {
        group: code, sort: false, animation: 120, delay: 120, delayOnTouchOnly: true, filter: "a", preventOnFilter: false,
        onEnd: ({ item, from, to, oldIndex }) => {
          if (from === to) return;
          const values = { [by]: to.dataset.column, version: item.dataset.version, dragged: "1" };
          const back = () => from.insertBefore(item, from.children[oldIndex] || null);
          const heard = (event) => {
            if (event.detail.requestConfig.path !== url) return;
            document.removeEventListener("htmx:afterRequest", heard);
            if (event.detail.xhr.status !== 204) back();
          };
          const url = `/${code}/${item.dataset.uid}/do/${act}/`;
          document.addEventListener("htmx:afterRequest", heard);
          const token = document.querySelector("input[name=csrfmiddlewaretoken]");
          window.htmx.ajax("POST", url, { target: "#drawer-body", swap: "innerHTML", values: { ...values, csrfmiddlewaretoken: token ? token.value : "" } });
        },
      });
    });
  };
  document.addEventListener("htmx:afterSwap", start);
  document.addEventListener("DOMContentLoaded", start);
  if (document.readyState !== "loading") start();
})();
