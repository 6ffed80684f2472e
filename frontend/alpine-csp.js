// The build of Alpine that needs no eval, started once the page's own scripts have registered their data.
import Alpine from "@alpinejs/csp";

globalThis.Alpine = Alpine;
queueMicrotask(() => Alpine.start());
