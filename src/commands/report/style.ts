import { trusted } from './html.ts';

/** The page's own style: it loads nothing, and stays readable on a phone and on paper. */
export const style = trusted(`
:root{color-scheme:light;--ink:#1f2733;--soft:#5b6575;--line:#e3e6ec;--page:#f5f6f8;--card:#fff;--accent:#2457c5;--bad:#b3372b;--good:#1b7a55}
*{box-sizing:border-box}
html{scroll-behavior:smooth;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:break-word}
main,header,footer{max-width:1020px;margin:0 auto;padding:0 20px}
header{padding-top:40px}
.over{margin:0;color:var(--soft);font-size:14px;letter-spacing:.04em;text-transform:uppercase}
h1{margin:4px 0 6px;font-size:34px;line-height:1.15;letter-spacing:-.02em}
h2{margin:0 0 4px;font-size:22px;letter-spacing:-.01em}
h3{margin:28px 0 6px;font-size:16px}
p{margin:0 0 14px}
.soft,small{color:var(--soft)}
a{color:var(--accent);text-decoration:none}
a:hover{text-decoration:underline}
a.figure{font-weight:600;font-variant-numeric:tabular-nums;border-bottom:1px dotted currentColor}
a.figure:hover{text-decoration:none;border-bottom-style:solid}
.none{color:var(--soft);font-variant-numeric:tabular-nums}
nav{display:flex;flex-wrap:wrap;gap:6px 18px;margin:14px 0 0;font-size:15px}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:14px;margin:26px 0}
.tile{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:16px 18px}
.tile b{display:block;font-size:32px;line-height:1.15;letter-spacing:-.02em}
.tile a.figure,.tile .none{font-weight:650;color:inherit;border:0}
.tile.bad b{color:var(--bad)}
.tile small{display:block;font-size:14px}
section{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:24px 26px;margin:0 0 20px}
section>p:first-of-type{color:var(--soft);max-width:70ch}
.sum{font-size:17px}
.chart svg{display:block;width:100%;height:auto}
.chart{margin:10px 0 6px}
.narrow{display:none}
table{width:100%;border-collapse:collapse;margin:12px 0 0;font-size:15px}
th{color:var(--soft);font-weight:500;text-align:left;font-size:14px}
th,td{padding:7px 12px 7px 0;border-bottom:1px solid var(--line);vertical-align:top}
tr:last-child>td{border-bottom:0}
th.n,td.n{text-align:right;font-variant-numeric:tabular-nums}td.n{white-space:nowrap}
td:first-child,.rows td:nth-child(-n+5),#feedback td,.signal{overflow-wrap:anywhere}
td small{display:block}
.d1{padding-left:20px}.d2{padding-left:40px}.d3{padding-left:60px}.d4{padding-left:80px}
.sumrow td{font-weight:600}
.dot{display:inline-block;width:10px;height:10px;border-radius:3px;margin-right:8px}
.tag{display:inline-block;border-radius:99px;padding:0 9px;font-size:13px;white-space:nowrap;background:#eef0f4;color:var(--soft)}
.tag.good{background:#e3f3ec;color:var(--good)}.tag.bad{background:#fae9e7;color:var(--bad)}
.empty{color:var(--soft);margin:10px 0 0}
.signal{white-space:pre-line;border-left:3px solid #d9a441;padding:2px 0 2px 14px;margin:14px 0}
.list{content-visibility:auto;contain-intrinsic-size:auto 560px;padding:16px 0 0;border-top:1px solid var(--line);margin-top:22px;scroll-margin-top:12px}
.list h3{margin:0}
.list:target{border-top:3px solid var(--accent)}
.list:target h3{color:var(--accent)}
.rows{max-height:440px;overflow:auto;border-bottom:1px solid var(--line)}
table.leads td:nth-child(6),table.leads td:nth-child(7),table.deals td:nth-child(n+6){white-space:nowrap}
.rows th{position:sticky;top:0;background:var(--card)}
footer{padding:6px 20px 48px;color:var(--soft);font-size:14px}
@media (max-width:640px){
 main,header,footer{padding-left:14px;padding-right:14px}
 header{padding-top:24px}
 h1{font-size:27px}
 section{padding:18px 16px}
 .tiles{grid-template-columns:1fr 1fr;gap:10px}
 .tile:last-child{grid-column:1/-1}
 .tile b{font-size:26px}
 .wide{display:none}.narrow{display:block}
 .d1{padding-left:10px}.d2{padding-left:20px}.d3{padding-left:30px}.d4{padding-left:40px}
 .meaning{display:none}
 th,td{padding-right:8px}
 .rows thead{display:none}
 .rows table,.rows tbody,.rows tr,.rows td{display:block}
 .rows tr{padding:10px 0;border-bottom:1px solid var(--line)}
 .rows td{border:0;padding:1px 0;text-align:left}
 .rows td::before{color:var(--soft);font-size:13px}
 .leads td:nth-child(3)::before{content:"Rep: "}
 .leads td:nth-child(4)::before{content:"Ready: "}
 .leads td:nth-child(5)::before{content:"Now: "}
 .leads td:nth-child(6)::before{content:"HubSpot: "}
 .leads td:nth-child(7)::before{content:"Salesforce: "}
 .deals td:nth-child(2)::before{content:"Stage: "}
 .deals td:nth-child(3)::before{content:"Amount: "}
 .deals td:nth-child(4)::before{content:"Closes: "}
 .deals td:nth-child(5)::before{content:"Source: "}
 .deals td:nth-child(6)::before{content:"HubSpot: "}
 .deals td:nth-child(7)::before{content:"Salesforce: "}
}
@media print{
 body{background:#fff}
 section,.tile{break-inside:avoid;border-color:#ccc}
 .lists{break-inside:auto}
 .rows{max-height:none;overflow:visible}
 nav{display:none}
}
`);
