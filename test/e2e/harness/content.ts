/** A catalogue for each stage with sales, by the pages of one site, in place of the shipped one. */
export const testCatalogue = (site: string): string => `version: test
max: 2
segments: { machinery: "contact.industry.matches('[Mm]achinery')" }
personas: { finance: "contact.jobtitle.matches('Finance')" }
topics: { security: [security] }
pieces:
  - { id: guide, title: A guide for the first week, url: ${site}/guide, kind: guide, stages: [sales-ready], language: en }
  - { id: leitfaden, title: Ein Leitfaden, url: ${site}/leitfaden, kind: guide, stages: [sales-ready], language: de }
  - { id: case, title: How pumps are sold, url: ${site}/cases/pumps, kind: case-study, stages: [working], segments: [machinery], say: Ask who looks after their pumps }
  - { id: sheet, title: Security on a page, url: ${site}/sheet, kind: data-sheet, stages: [working, opportunity], topics: [security] }
  - { id: figures, title: Figures for finance, url: ${site}/figures, kind: calculator, stages: [working], personas: [finance] }
  - { id: references, title: Three customers to call, url: ${site}/references, kind: reference, stages: [opportunity], deal-stages: [Proposal/Price Quote] }
  - { id: old, title: Last year's offer, url: ${site}/offer, kind: offer, stages: [sales-ready, working], valid-until: 2020-12-31 }
`;
