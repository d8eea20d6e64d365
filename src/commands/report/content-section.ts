import type { PieceOutcome } from '../../lifecycle/report/content.ts';
import type { WeeklyReport } from '../../lifecycle/report/weekly.ts';
import { trendWeeks } from '../../lifecycle/report/weeks.ts';
import type { Drills } from './drill.ts';
import { type Html, html } from './html.ts';

const row = (piece: PieceOutcome, drills: Drills): Html => {
  const { title, kind } = piece;
  const cell = (what: string, keys: readonly string[], of: 'leads' | 'deals' = 'leads'): Html =>
    html`<td class="n">${drills.link(keys.length, `${what}: ${title}`, keys, of)}</td>`;
  return html`<tr><td>${title}${kind === null ? html` <span class="tag">no longer in the catalogue</span>` : html`<small>${kind.replaceAll('-', ' ')}</small>`}</td>
${cell('Recommended', piece.recommended)}${cell('Opened after it was recommended', piece.used)}${cell('Helped', piece.helped)}${cell('Did not help', piece.didNotHelp)}${cell('Not used', piece.notUsed)}${cell('Accepted, and opened', piece.accepted)}${cell('Won after it was opened', piece.won, 'deals')}</tr>
`;
};

const namesOf = (ids: readonly string[], pieces: readonly PieceOutcome[]): string =>
  ids.map((id) => pieces.find((piece) => piece.id === id)?.title ?? id).join(', ');

/** What was recommended to reps, and what came of it; null where there is no catalogue. */
export const contentSection = ({ content }: WeeklyReport, drills: Drills): Html | null => {
  if (content === null) return null;
  const { pieces, neverRecommended, neverUsed } = content;
  const shown = pieces.filter(({ recommended }) => recommended.length > 0);
  const observed = new Set(pieces.flatMap((piece) => piece.observed)).size;
  return html`<section id="content"><h2>What reps were recommended to send</h2>
<p>Pieces of the last ${trendWeeks} weeks: on how many leads each stood, who opened it afterwards, what reps said while it stood there, and what became of those who opened it. That somebody bought after it does not say that they did for it.</p>
${
  shown.length === 0
    ? html`<p class="empty">No piece stood on a lead in these weeks.</p>`
    : html`<table><thead><tr><th>Piece</th><th class="n">Recommended</th><th class="n">Opened</th><th class="n">Helped</th><th class="n">Did not</th><th class="n">Not used</th><th class="n">Accepted</th><th class="n">Won</th></tr></thead><tbody>${shown.map((piece) => row(piece, drills))}</tbody></table>`
}
${neverUsed.length === 0 ? null : html`<p>Recommended, and opened by nobody: ${namesOf(neverUsed, pieces)}.</p>`}
${neverRecommended.length === 0 ? null : html`<p>Recommended to nobody: ${namesOf(neverRecommended, pieces)}.</p>`}
${observed === 0 ? null : html`<p class="empty">For ${observed} leads it was only observed what would be recommended.</p>`}</section>`;
};
