// Dragging between the columns of a board.
import Sortable from "sortablejs/modular/sortable.core.esm.js";

globalThis.Sortable = Sortable;
