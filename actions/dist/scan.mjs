import { o as __toESM } from "./shared/rolldown-runtime.mjs";
import { $t as names, At as workspace, Ct as setOutputs, Et as findProjectService, G as scannerNames, Ht as writeSummary, K as severities, Kt as roleInput, Mt as formatImageReference, Nt as imageReference, Rt as systemClock, St as runAction, Vt as markdownTable, Wt as defineContract, Xt as awsClients, Y as firstEnvironment, ht as roleToAssume, kt as readDesiredState, wt as readInputs } from "./shared/sluice.mjs";
import { E as record, O as string, T as object, c as creator, g as array, h as _enum, k as union, l as lintSource, u as require_semver, w as number } from "./shared/vendor.mjs";
import { f as require_dist_cjs } from "./shared/aws.mjs";
import { promisify } from "node:util";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { mkdir, mkdtemp, readFile, stat, writeFile } from "node:fs/promises";
import { execFile, spawn } from "node:child_process";
// src/contracts/scan.ts
const scannerList = string().transform((text) => [...new Set(text.split(/[\s,]+/).filter((name) => name !== ""))]).pipe(array(_enum(scannerNames)).min(1));
const contract = defineContract({
	service: string(),
	image: imageReference.optional(),
	scanners: scannerList.prefault("npm-audit, secretlint"),
	"snyk-token": string().optional(),
	"sonar-token": string().optional(),
	role: roleInput.optional()
}, ["reports", "ran"]);
// src/scanners/describe-reports.ts
function describeReports(reports) {
	const rows = reports.map(({ scanner, status, findings, detail }) => [
		scanner,
		status === "ran" ? `${findings.length} finding(s)` : `**${status}**`,
		detail
	]);
	return `### Scans\n\n${markdownTable([
		"scanner",
		"result",
		"what it looked at"
	], rows)}`;
}
// core/advisories/npm-advisories.json
var npm_advisories_default = {
	source: "GitHub Advisory Database (https://github.com/advisories), a selection of 66 reviewed advisories for npm: a floor, not the whole of it. Each is as its record stood at its \"modified\"; the newest is of 2025-11-04T16:54:54Z. A record may have been revised since.",
	license: "CC-BY-4.0 (https://creativecommons.org/licenses/by/4.0/), by GitHub and contributors. Changed: selected, shortened, and ranges written the way npm writes them.",
	date: "2025-11-04",
	advisories: {
		"@octokit/request": [{
			"id": "GHSA-rmvr-2pp2-xj38",
			"url": "https://github.com/advisories/GHSA-rmvr-2pp2-xj38",
			"title": "@octokit/request has a Regular Expression in fetchWrapper that Leads to ReDoS Vulnerability Due to Catastrophic Backtracking",
			"severity": "moderate",
			"vulnerable_versions": ">=1.0.0 <9.2.1",
			"aliases": ["CVE-2025-25290"],
			"cwe": ["CWE-1333"],
			"modified": "2025-02-14T18:00:18Z"
		}],
		"ajv": [{
			"id": "GHSA-v88g-cgmw-v5xw",
			"url": "https://github.com/advisories/GHSA-v88g-cgmw-v5xw",
			"title": "Prototype Pollution in Ajv",
			"severity": "moderate",
			"vulnerable_versions": "<6.12.3",
			"aliases": ["CVE-2020-15366"],
			"cwe": ["CWE-1321", "CWE-915"],
			"modified": "2024-06-21T21:33:48Z"
		}],
		"ansi-regex": [{
			"id": "GHSA-93q8-gq69-wqmw",
			"url": "https://github.com/advisories/GHSA-93q8-gq69-wqmw",
			"title": "Inefficient Regular Expression Complexity in chalk/ansi-regex",
			"severity": "high",
			"vulnerable_versions": ">=3.0.0 <3.0.1 || >=4.0.0 <4.1.1 || >=5.0.0 <5.0.1 || >=6.0.0 <6.0.1",
			"aliases": ["CVE-2021-3807"],
			"cwe": ["CWE-1333", "CWE-697"],
			"modified": "2022-08-10T20:02:27Z"
		}],
		"async": [{
			"id": "GHSA-fwr7-v2mv-hh25",
			"url": "https://github.com/advisories/GHSA-fwr7-v2mv-hh25",
			"title": "Prototype Pollution in async",
			"severity": "high",
			"vulnerable_versions": ">=2.0.0 <2.6.4 || >=3.0.0 <3.2.2",
			"aliases": ["CVE-2021-43138"],
			"cwe": ["CWE-1321"],
			"modified": "2024-06-24T21:23:09Z"
		}],
		"axios": [
			{
				"id": "GHSA-4hjh-wcwx-xvwj",
				"url": "https://github.com/advisories/GHSA-4hjh-wcwx-xvwj",
				"title": "Axios is vulnerable to DoS attack through lack of data size check",
				"severity": "high",
				"vulnerable_versions": "<0.30.2 || >=1.0.0 <1.12.0",
				"aliases": ["CVE-2025-58754"],
				"cwe": ["CWE-770"],
				"modified": "2025-09-29T19:03:57Z"
			},
			{
				"id": "GHSA-8hc4-vh64-cxmj",
				"url": "https://github.com/advisories/GHSA-8hc4-vh64-cxmj",
				"title": "Server-Side Request Forgery in axios",
				"severity": "high",
				"vulnerable_versions": ">=1.3.2 <1.7.4",
				"aliases": ["CVE-2024-39338"],
				"cwe": ["CWE-918"],
				"modified": "2024-08-12T17:26:46Z"
			},
			{
				"id": "GHSA-jr5f-v2jv-69x6",
				"url": "https://github.com/advisories/GHSA-jr5f-v2jv-69x6",
				"title": "axios Requests Vulnerable To Possible SSRF and Credential Leakage via Absolute URL",
				"severity": "high",
				"vulnerable_versions": "<0.30.0 || >=1.0.0 <1.8.2",
				"aliases": ["CVE-2025-27152"],
				"cwe": ["CWE-918"],
				"modified": "2025-03-28T14:57:51Z"
			},
			{
				"id": "GHSA-wf5p-g6vw-rhxx",
				"url": "https://github.com/advisories/GHSA-wf5p-g6vw-rhxx",
				"title": "Axios Cross-Site Request Forgery Vulnerability",
				"severity": "moderate",
				"vulnerable_versions": ">=0.8.1 <0.28.0 || >=1.0.0 <1.6.0",
				"aliases": ["CVE-2023-45857"],
				"cwe": ["CWE-352"],
				"modified": "2024-06-21T21:33:58Z"
			}
		],
		"body-parser": [{
			"id": "GHSA-qwcr-r2fm-qrc7",
			"url": "https://github.com/advisories/GHSA-qwcr-r2fm-qrc7",
			"title": "body-parser vulnerable to denial of service when url encoding is enabled",
			"severity": "high",
			"vulnerable_versions": "<1.20.3",
			"aliases": ["CVE-2024-45590"],
			"cwe": ["CWE-405"],
			"modified": "2024-09-10T15:52:39Z"
		}],
		"braces": [{
			"id": "GHSA-grv7-fg5c-xmjg",
			"url": "https://github.com/advisories/GHSA-grv7-fg5c-xmjg",
			"title": "Uncontrolled resource consumption in braces",
			"severity": "high",
			"vulnerable_versions": "<3.0.3",
			"aliases": ["CVE-2024-4068"],
			"cwe": ["CWE-1050", "CWE-400"],
			"modified": "2024-06-10T20:17:26Z"
		}],
		"coa": [{
			"id": "GHSA-73qr-pfmq-6rp8",
			"url": "https://github.com/advisories/GHSA-73qr-pfmq-6rp8",
			"title": "Embedded malware in coa",
			"severity": "critical",
			"vulnerable_versions": "=2.0.3 || =2.0.4 || =2.1.1 || =2.1.3 || =3.0.1 || =3.1.3",
			"cwe": ["CWE-506"],
			"modified": "2022-09-07T22:16:29Z"
		}],
		"cookie": [{
			"id": "GHSA-pxg6-pf52-xh8x",
			"url": "https://github.com/advisories/GHSA-pxg6-pf52-xh8x",
			"title": "cookie accepts cookie name, path, and domain with out of bounds characters",
			"severity": "low",
			"vulnerable_versions": "<0.7.0",
			"aliases": ["CVE-2024-47764"],
			"cwe": ["CWE-74"],
			"modified": "2024-10-04T20:31:00Z"
		}],
		"cross-spawn": [{
			"id": "GHSA-3xgq-45jj-v275",
			"url": "https://github.com/advisories/GHSA-3xgq-45jj-v275",
			"title": "Regular Expression Denial of Service (ReDoS) in cross-spawn",
			"severity": "high",
			"vulnerable_versions": "<6.0.6 || >=7.0.0 <7.0.5",
			"aliases": ["CVE-2024-21538"],
			"cwe": ["CWE-1333"],
			"modified": "2024-11-18T20:16:05Z"
		}],
		"decode-uri-component": [{
			"id": "GHSA-w573-4hg7-7wgq",
			"url": "https://github.com/advisories/GHSA-w573-4hg7-7wgq",
			"title": "decode-uri-component vulnerable to Denial of Service (DoS)",
			"severity": "high",
			"vulnerable_versions": "<0.2.1",
			"aliases": ["CVE-2022-38900"],
			"cwe": ["CWE-20"],
			"modified": "2023-03-31T16:05:14Z"
		}],
		"ejs": [{
			"id": "GHSA-ghr5-ch3p-vcr6",
			"url": "https://github.com/advisories/GHSA-ghr5-ch3p-vcr6",
			"title": "ejs lacks certain pollution protection",
			"severity": "moderate",
			"vulnerable_versions": "<3.1.10",
			"aliases": ["CVE-2024-33883"],
			"cwe": ["CWE-1321", "CWE-693"],
			"modified": "2024-08-02T15:45:51Z"
		}, {
			"id": "GHSA-phwq-j96m-2c2q",
			"url": "https://github.com/advisories/GHSA-phwq-j96m-2c2q",
			"title": "Template injection in ejs",
			"severity": "critical",
			"vulnerable_versions": "<3.1.7",
			"aliases": ["CVE-2022-29078"],
			"cwe": ["CWE-74"],
			"modified": "2022-05-26T19:38:36Z"
		}],
		"event-stream": [{
			"id": "GHSA-mh6f-8j2x-4483",
			"url": "https://github.com/advisories/GHSA-mh6f-8j2x-4483",
			"title": "Critical severity vulnerability that affects event-stream and flatmap-stream",
			"severity": "critical",
			"vulnerable_versions": ">=3.3.6 <4.0.0",
			"cwe": ["CWE-506"],
			"modified": "2021-09-15T20:08:26Z"
		}],
		"express": [{
			"id": "GHSA-qw6h-vgh9-j6wx",
			"url": "https://github.com/advisories/GHSA-qw6h-vgh9-j6wx",
			"title": "express vulnerable to XSS via response.redirect()",
			"severity": "moderate",
			"vulnerable_versions": "<4.20.0 || >=5.0.0-alpha.1 <5.0.0",
			"aliases": ["CVE-2024-43796"],
			"cwe": ["CWE-79"],
			"modified": "2024-09-10T19:41:04Z"
		}, {
			"id": "GHSA-rv95-896h-c2vc",
			"url": "https://github.com/advisories/GHSA-rv95-896h-c2vc",
			"title": "Express.js Open Redirect in malformed URLs",
			"severity": "moderate",
			"vulnerable_versions": "<4.19.2 || >=5.0.0-alpha.1 <5.0.0-beta.3",
			"aliases": ["CVE-2024-29041"],
			"cwe": ["CWE-1286", "CWE-601"],
			"modified": "2024-03-25T22:24:57Z"
		}],
		"fastify": [{
			"id": "GHSA-mg2h-6x62-wpwc",
			"url": "https://github.com/advisories/GHSA-mg2h-6x62-wpwc",
			"title": "Fasify vulnerable to invalid content-type parsing, which could lead to validation bypass",
			"severity": "high",
			"vulnerable_versions": ">=5.0.0 <5.3.1",
			"aliases": ["CVE-2025-32442"],
			"cwe": ["CWE-1287"],
			"modified": "2025-04-18T15:02:41Z"
		}],
		"find-my-way": [{
			"id": "GHSA-rrr8-f88r-h8q6",
			"url": "https://github.com/advisories/GHSA-rrr8-f88r-h8q6",
			"title": "find-my-way has a ReDoS vulnerability in multiparametric routes",
			"severity": "high",
			"vulnerable_versions": ">=4.1.1 <8.2.2 || >=9.0.0 <9.0.1",
			"aliases": ["CVE-2024-45813"],
			"cwe": ["CWE-1333"],
			"modified": "2024-09-18T19:22:56Z"
		}],
		"flatmap-stream": [{
			"id": "GHSA-mh6f-8j2x-4483",
			"url": "https://github.com/advisories/GHSA-mh6f-8j2x-4483",
			"title": "Critical severity vulnerability that affects event-stream and flatmap-stream",
			"severity": "critical",
			"vulnerable_versions": ">=0",
			"cwe": ["CWE-506"],
			"modified": "2021-09-15T20:08:26Z"
		}],
		"follow-redirects": [
			{
				"id": "GHSA-74fj-2j2h-c42q",
				"url": "https://github.com/advisories/GHSA-74fj-2j2h-c42q",
				"title": "Exposure of sensitive information in follow-redirects",
				"severity": "high",
				"vulnerable_versions": "<1.14.8",
				"aliases": ["CVE-2022-0155"],
				"cwe": ["CWE-359"],
				"modified": "2022-03-10T02:20:49Z"
			},
			{
				"id": "GHSA-cxjh-pqwp-8mfp",
				"url": "https://github.com/advisories/GHSA-cxjh-pqwp-8mfp",
				"title": "follow-redirects' Proxy-Authorization header kept across hosts",
				"severity": "moderate",
				"vulnerable_versions": "<1.15.6",
				"aliases": ["CVE-2024-28849"],
				"cwe": ["CWE-200"],
				"modified": "2024-03-23T03:30:25Z"
			},
			{
				"id": "GHSA-jchw-25xp-jwwc",
				"url": "https://github.com/advisories/GHSA-jchw-25xp-jwwc",
				"title": "Follow Redirects improperly handles URLs in the url.parse() function",
				"severity": "moderate",
				"vulnerable_versions": "<1.15.4",
				"aliases": ["CVE-2023-26159"],
				"cwe": ["CWE-20", "CWE-601"],
				"modified": "2024-01-09T19:03:24Z"
			}
		],
		"form-data": [{
			"id": "GHSA-fjxv-7rqg-78g4",
			"url": "https://github.com/advisories/GHSA-fjxv-7rqg-78g4",
			"title": "form-data uses unsafe random function in form-data for choosing boundary",
			"severity": "critical",
			"vulnerable_versions": "<2.5.4 || >=3.0.0 <3.0.4 || >=4.0.0 <4.0.4",
			"aliases": ["CVE-2025-7783"],
			"cwe": ["CWE-330"],
			"modified": "2025-11-03T21:34:08Z"
		}],
		"glob-parent": [{
			"id": "GHSA-ww39-953v-wcq6",
			"url": "https://github.com/advisories/GHSA-ww39-953v-wcq6",
			"title": "glob-parent vulnerable to Regular Expression Denial of Service in enclosure regex",
			"severity": "high",
			"vulnerable_versions": ">=3.0.0 <5.1.2",
			"aliases": ["CVE-2020-28469"],
			"cwe": ["CWE-400"],
			"modified": "2023-11-29T00:42:42Z"
		}],
		"handlebars": [{
			"id": "GHSA-f2jv-r9rf-7988",
			"url": "https://github.com/advisories/GHSA-f2jv-r9rf-7988",
			"title": "Remote code execution in handlebars when compiling templates",
			"severity": "critical",
			"vulnerable_versions": "<4.7.7",
			"aliases": ["CVE-2021-23369"],
			"cwe": ["CWE-94"],
			"modified": "2022-10-04T16:29:30Z"
		}],
		"ini": [{
			"id": "GHSA-qqgx-2p2h-9c37",
			"url": "https://github.com/advisories/GHSA-qqgx-2p2h-9c37",
			"title": "ini before 1.3.6 vulnerable to Prototype Pollution via ini.parse",
			"severity": "high",
			"vulnerable_versions": "<1.3.6",
			"aliases": ["CVE-2020-7788"],
			"cwe": ["CWE-1321"],
			"modified": "2022-08-03T23:35:50Z"
		}],
		"ip": [{
			"id": "GHSA-2p57-rm9w-gvfp",
			"url": "https://github.com/advisories/GHSA-2p57-rm9w-gvfp",
			"title": "ip SSRF improper categorization in isPublic",
			"severity": "high",
			"vulnerable_versions": "<=2.0.1",
			"aliases": ["CVE-2024-29415"],
			"cwe": ["CWE-918"],
			"modified": "2024-06-02T22:29:30Z"
		}],
		"jose": [{
			"id": "GHSA-hhhv-q57g-882q",
			"url": "https://github.com/advisories/GHSA-hhhv-q57g-882q",
			"title": "jose vulnerable to resource exhaustion via specifically crafted JWE with compressed plaintext",
			"severity": "moderate",
			"vulnerable_versions": "<2.0.7 || >=3.0.0 <4.15.5",
			"aliases": ["CVE-2024-28176"],
			"cwe": ["CWE-400"],
			"modified": "2024-03-30T06:30:42Z"
		}],
		"jose-node-cjs-runtime": [{
			"id": "GHSA-hhhv-q57g-882q",
			"url": "https://github.com/advisories/GHSA-hhhv-q57g-882q",
			"title": "jose vulnerable to resource exhaustion via specifically crafted JWE with compressed plaintext",
			"severity": "moderate",
			"vulnerable_versions": "<4.15.5",
			"aliases": ["CVE-2024-28176"],
			"cwe": ["CWE-400"],
			"modified": "2024-03-30T06:30:42Z"
		}],
		"jose-node-esm-runtime": [{
			"id": "GHSA-hhhv-q57g-882q",
			"url": "https://github.com/advisories/GHSA-hhhv-q57g-882q",
			"title": "jose vulnerable to resource exhaustion via specifically crafted JWE with compressed plaintext",
			"severity": "moderate",
			"vulnerable_versions": "<4.15.5",
			"aliases": ["CVE-2024-28176"],
			"cwe": ["CWE-400"],
			"modified": "2024-03-30T06:30:42Z"
		}],
		"json5": [{
			"id": "GHSA-9c47-m6qq-7p4h",
			"url": "https://github.com/advisories/GHSA-9c47-m6qq-7p4h",
			"title": "Prototype Pollution in JSON5 via Parse Method",
			"severity": "high",
			"vulnerable_versions": "<1.0.2 || >=2.0.0 <2.2.2",
			"aliases": ["CVE-2022-46175"],
			"cwe": ["CWE-1321"],
			"modified": "2023-01-04T13:47:05Z"
		}],
		"jsonwebtoken": [{
			"id": "GHSA-qwph-4952-7xr6",
			"url": "https://github.com/advisories/GHSA-qwph-4952-7xr6",
			"title": "jsonwebtoken vulnerable to signature validation bypass due to insecure default algorithm in jwt.verify()",
			"severity": "moderate",
			"vulnerable_versions": "<9.0.0",
			"aliases": ["CVE-2022-23540"],
			"cwe": ["CWE-287"],
			"modified": "2022-12-22T03:32:59Z"
		}],
		"loader-utils": [{
			"id": "GHSA-76p3-8jx3-jpfq",
			"url": "https://github.com/advisories/GHSA-76p3-8jx3-jpfq",
			"title": "Prototype pollution in webpack loader-utils",
			"severity": "critical",
			"vulnerable_versions": "<1.4.1 || >=2.0.0 <2.0.3",
			"aliases": ["CVE-2022-37601"],
			"cwe": ["CWE-1321"],
			"modified": "2023-09-21T22:15:51Z"
		}],
		"lodash": [
			{
				"id": "GHSA-35jh-r3h4-6jhm",
				"url": "https://github.com/advisories/GHSA-35jh-r3h4-6jhm",
				"title": "Command Injection in lodash",
				"severity": "high",
				"vulnerable_versions": "<4.17.21",
				"aliases": ["CVE-2021-23337"],
				"cwe": ["CWE-77", "CWE-94"],
				"modified": "2022-02-08T21:35:09Z"
			},
			{
				"id": "GHSA-jf85-cpcp-j695",
				"url": "https://github.com/advisories/GHSA-jf85-cpcp-j695",
				"title": "Prototype Pollution in lodash",
				"severity": "critical",
				"vulnerable_versions": "<4.17.12",
				"aliases": ["CVE-2019-10744"],
				"cwe": ["CWE-20"],
				"modified": "2023-09-05T22:24:55Z"
			},
			{
				"id": "GHSA-p6mc-m468-83gw",
				"url": "https://github.com/advisories/GHSA-p6mc-m468-83gw",
				"title": "Prototype Pollution in lodash",
				"severity": "high",
				"vulnerable_versions": ">=3.7.0 <4.17.19",
				"aliases": ["CVE-2020-8203"],
				"cwe": ["CWE-1321", "CWE-770"],
				"modified": "2023-10-24T20:06:48Z"
			}
		],
		"lodash-amd": [{
			"id": "GHSA-jf85-cpcp-j695",
			"url": "https://github.com/advisories/GHSA-jf85-cpcp-j695",
			"title": "Prototype Pollution in lodash",
			"severity": "critical",
			"vulnerable_versions": "<4.17.13",
			"aliases": ["CVE-2019-10744"],
			"cwe": ["CWE-20"],
			"modified": "2023-09-05T22:24:55Z"
		}],
		"lodash-es": [
			{
				"id": "GHSA-35jh-r3h4-6jhm",
				"url": "https://github.com/advisories/GHSA-35jh-r3h4-6jhm",
				"title": "Command Injection in lodash",
				"severity": "high",
				"vulnerable_versions": "<4.17.21",
				"aliases": ["CVE-2021-23337"],
				"cwe": ["CWE-77", "CWE-94"],
				"modified": "2022-02-08T21:35:09Z"
			},
			{
				"id": "GHSA-jf85-cpcp-j695",
				"url": "https://github.com/advisories/GHSA-jf85-cpcp-j695",
				"title": "Prototype Pollution in lodash",
				"severity": "critical",
				"vulnerable_versions": "<4.17.14",
				"aliases": ["CVE-2019-10744"],
				"cwe": ["CWE-20"],
				"modified": "2023-09-05T22:24:55Z"
			},
			{
				"id": "GHSA-p6mc-m468-83gw",
				"url": "https://github.com/advisories/GHSA-p6mc-m468-83gw",
				"title": "Prototype Pollution in lodash",
				"severity": "high",
				"vulnerable_versions": ">=3.7.0 <4.17.20",
				"aliases": ["CVE-2020-8203"],
				"cwe": ["CWE-1321", "CWE-770"],
				"modified": "2023-10-24T20:06:48Z"
			}
		],
		"lodash.defaultsdeep": [{
			"id": "GHSA-jf85-cpcp-j695",
			"url": "https://github.com/advisories/GHSA-jf85-cpcp-j695",
			"title": "Prototype Pollution in lodash",
			"severity": "critical",
			"vulnerable_versions": "<4.6.1",
			"aliases": ["CVE-2019-10744"],
			"cwe": ["CWE-20"],
			"modified": "2023-09-05T22:24:55Z"
		}],
		"lodash.pick": [{
			"id": "GHSA-p6mc-m468-83gw",
			"url": "https://github.com/advisories/GHSA-p6mc-m468-83gw",
			"title": "Prototype Pollution in lodash",
			"severity": "high",
			"vulnerable_versions": ">=4.0.0 <=4.4.0",
			"aliases": ["CVE-2020-8203"],
			"cwe": ["CWE-1321", "CWE-770"],
			"modified": "2023-10-24T20:06:48Z"
		}],
		"lodash.set": [{
			"id": "GHSA-p6mc-m468-83gw",
			"url": "https://github.com/advisories/GHSA-p6mc-m468-83gw",
			"title": "Prototype Pollution in lodash",
			"severity": "high",
			"vulnerable_versions": ">=3.7.0 <=4.3.2",
			"aliases": ["CVE-2020-8203"],
			"cwe": ["CWE-1321", "CWE-770"],
			"modified": "2023-10-24T20:06:48Z"
		}],
		"lodash.setwith": [{
			"id": "GHSA-p6mc-m468-83gw",
			"url": "https://github.com/advisories/GHSA-p6mc-m468-83gw",
			"title": "Prototype Pollution in lodash",
			"severity": "high",
			"vulnerable_versions": "<=4.3.2",
			"aliases": ["CVE-2020-8203"],
			"cwe": ["CWE-1321", "CWE-770"],
			"modified": "2023-10-24T20:06:48Z"
		}],
		"lodash.update": [{
			"id": "GHSA-p6mc-m468-83gw",
			"url": "https://github.com/advisories/GHSA-p6mc-m468-83gw",
			"title": "Prototype Pollution in lodash",
			"severity": "high",
			"vulnerable_versions": "<=4.10.2",
			"aliases": ["CVE-2020-8203"],
			"cwe": ["CWE-1321", "CWE-770"],
			"modified": "2023-10-24T20:06:48Z"
		}],
		"lodash.updatewith": [{
			"id": "GHSA-p6mc-m468-83gw",
			"url": "https://github.com/advisories/GHSA-p6mc-m468-83gw",
			"title": "Prototype Pollution in lodash",
			"severity": "high",
			"vulnerable_versions": "<=4.10.2",
			"aliases": ["CVE-2020-8203"],
			"cwe": ["CWE-1321", "CWE-770"],
			"modified": "2023-10-24T20:06:48Z"
		}],
		"markdown-it": [{
			"id": "GHSA-6vfc-qv3f-vr6c",
			"url": "https://github.com/advisories/GHSA-6vfc-qv3f-vr6c",
			"title": "Uncontrolled Resource Consumption in markdown-it",
			"severity": "moderate",
			"vulnerable_versions": "<12.3.2",
			"aliases": ["CVE-2022-21670"],
			"cwe": ["CWE-400"],
			"modified": "2022-01-19T18:25:52Z"
		}],
		"micromatch": [{
			"id": "GHSA-952p-6rrq-rcjv",
			"url": "https://github.com/advisories/GHSA-952p-6rrq-rcjv",
			"title": "Regular Expression Denial of Service (ReDoS) in micromatch",
			"severity": "moderate",
			"vulnerable_versions": "<4.0.8",
			"aliases": ["CVE-2024-4067"],
			"cwe": ["CWE-1333"],
			"modified": "2024-08-23T17:27:31Z"
		}],
		"minimatch": [{
			"id": "GHSA-f8q6-p94x-37v3",
			"url": "https://github.com/advisories/GHSA-f8q6-p94x-37v3",
			"title": "minimatch ReDoS vulnerability",
			"severity": "high",
			"vulnerable_versions": "<3.0.5",
			"aliases": ["CVE-2022-3517"],
			"cwe": ["CWE-400"],
			"modified": "2023-01-23T18:54:22Z"
		}],
		"minimist": [{
			"id": "GHSA-vh95-rmgr-6w4m",
			"url": "https://github.com/advisories/GHSA-vh95-rmgr-6w4m",
			"title": "Prototype Pollution in minimist",
			"severity": "moderate",
			"vulnerable_versions": "<0.2.1 || >=1.0.0 <1.2.3",
			"aliases": ["CVE-2020-7598"],
			"cwe": ["CWE-1321"],
			"modified": "2022-04-26T21:01:40Z"
		}, {
			"id": "GHSA-xvch-5gv4-984h",
			"url": "https://github.com/advisories/GHSA-xvch-5gv4-984h",
			"title": "Prototype Pollution in minimist",
			"severity": "critical",
			"vulnerable_versions": "<0.2.4 || >=1.0.0 <1.2.6",
			"aliases": ["CVE-2021-44906"],
			"cwe": ["CWE-1321"],
			"modified": "2023-02-27T14:47:14Z"
		}],
		"moment": [{
			"id": "GHSA-8hfj-j24r-96c4",
			"url": "https://github.com/advisories/GHSA-8hfj-j24r-96c4",
			"title": "Path Traversal: 'dir/../../filename' in moment.locale",
			"severity": "high",
			"vulnerable_versions": "<2.29.2",
			"aliases": ["CVE-2022-24785"],
			"cwe": ["CWE-22", "CWE-27"],
			"modified": "2022-04-04T21:25:48Z"
		}, {
			"id": "GHSA-wc69-rhjr-hc9g",
			"url": "https://github.com/advisories/GHSA-wc69-rhjr-hc9g",
			"title": "Inefficient Regular Expression Complexity in moment",
			"severity": "high",
			"vulnerable_versions": ">=2.18.0 <2.29.4",
			"aliases": ["CVE-2022-31129"],
			"cwe": ["CWE-1333", "CWE-400"],
			"modified": "2022-07-06T18:38:49Z"
		}],
		"nanoid": [{
			"id": "GHSA-mwcw-c2x4-8c55",
			"url": "https://github.com/advisories/GHSA-mwcw-c2x4-8c55",
			"title": "Predictable results in nanoid generation when given non-integer values",
			"severity": "moderate",
			"vulnerable_versions": "<3.3.8 || >=4.0.0 <5.0.9",
			"aliases": ["CVE-2024-55565"],
			"cwe": ["CWE-835"],
			"modified": "2025-11-04T16:54:54Z"
		}],
		"next": [{
			"id": "GHSA-f82v-jwr5-mffw",
			"url": "https://github.com/advisories/GHSA-f82v-jwr5-mffw",
			"title": "Authorization Bypass in Next.js Middleware",
			"severity": "critical",
			"vulnerable_versions": ">=11.1.4 <12.3.5 || >=13.0.0 <13.5.9 || >=14.0.0 <14.2.25 || >=15.0.0 <15.2.3",
			"aliases": ["CVE-2025-29927"],
			"cwe": ["CWE-285", "CWE-863"],
			"modified": "2025-10-13T15:32:07Z"
		}],
		"node-forge": [{
			"id": "GHSA-cfm4-qjh2-4765",
			"url": "https://github.com/advisories/GHSA-cfm4-qjh2-4765",
			"title": "Improper Verification of Cryptographic Signature in node-forge",
			"severity": "high",
			"vulnerable_versions": "<1.3.0",
			"aliases": ["CVE-2022-24771"],
			"cwe": ["CWE-347"],
			"modified": "2022-03-18T23:09:54Z"
		}],
		"node-ipc": [{
			"id": "GHSA-97m3-w2cp-4xx6",
			"url": "https://github.com/advisories/GHSA-97m3-w2cp-4xx6",
			"title": "Embedded Malicious Code in node-ipc",
			"severity": "critical",
			"vulnerable_versions": ">=10.1.1 <10.1.3",
			"aliases": ["CVE-2022-23812"],
			"cwe": ["CWE-506"],
			"modified": "2022-03-25T19:58:47Z"
		}],
		"node-tar": [{
			"id": "GHSA-f5x3-32g6-xq36",
			"url": "https://github.com/advisories/GHSA-f5x3-32g6-xq36",
			"title": "Denial of service while parsing a tar file due to lack of folders count validation",
			"severity": "moderate",
			"vulnerable_versions": "<6.2.1",
			"aliases": ["CVE-2024-28863"],
			"cwe": ["CWE-400"],
			"modified": "2024-06-10T18:30:53Z"
		}],
		"path-to-regexp": [{
			"id": "GHSA-9wv6-86v2-598j",
			"url": "https://github.com/advisories/GHSA-9wv6-86v2-598j",
			"title": "path-to-regexp outputs backtracking regular expressions",
			"severity": "high",
			"vulnerable_versions": "<0.1.10 || >=0.2.0 <1.9.0 || >=2.0.0 <3.3.0 || >=4.0.0 <6.3.0 || >=7.0.0 <8.0.0",
			"aliases": ["CVE-2024-45296"],
			"cwe": ["CWE-1333"],
			"modified": "2024-09-11T17:17:48Z"
		}, {
			"id": "GHSA-rhx6-c78j-4q9w",
			"url": "https://github.com/advisories/GHSA-rhx6-c78j-4q9w",
			"title": "path-to-regexp contains a ReDoS",
			"severity": "high",
			"vulnerable_versions": "<0.1.12",
			"aliases": ["CVE-2024-52798"],
			"cwe": ["CWE-1333"],
			"modified": "2025-06-03T14:30:56Z"
		}],
		"postcss": [{
			"id": "GHSA-7fh5-64p2-3v2j",
			"url": "https://github.com/advisories/GHSA-7fh5-64p2-3v2j",
			"title": "PostCSS line return parsing error",
			"severity": "moderate",
			"vulnerable_versions": "<8.4.31",
			"aliases": ["CVE-2023-44270"],
			"cwe": ["CWE-144", "CWE-74"],
			"modified": "2023-10-10T21:32:38Z"
		}],
		"qs": [{
			"id": "GHSA-hrpp-h998-j3pp",
			"url": "https://github.com/advisories/GHSA-hrpp-h998-j3pp",
			"title": "qs vulnerable to Prototype Pollution",
			"severity": "high",
			"vulnerable_versions": "<6.2.4 || >=6.3.0 <6.3.3 || >=6.4.0 <6.4.1 || >=6.5.0 <6.5.3 || >=6.6.0 <6.6.1 || >=6.7.0 <6.7.3 || >=6.8.0 <6.8.3 || >=6.9.0 <6.9.7 || >=6.10.0 <6.10.3",
			"aliases": ["CVE-2022-24999"],
			"cwe": ["CWE-1321"],
			"modified": "2023-01-18T23:00:03Z"
		}],
		"rc": [{
			"id": "GHSA-g2q5-5433-rhrf",
			"url": "https://github.com/advisories/GHSA-g2q5-5433-rhrf",
			"title": "Embedded malware in rc",
			"severity": "critical",
			"vulnerable_versions": "=1.2.9 || =1.3.9 || =2.3.9",
			"cwe": ["CWE-506"],
			"modified": "2021-11-04T18:47:00Z"
		}],
		"sanitize-html": [{
			"id": "GHSA-rm97-x556-q36h",
			"url": "https://github.com/advisories/GHSA-rm97-x556-q36h",
			"title": "sanitize-html Information Exposure vulnerability",
			"severity": "moderate",
			"vulnerable_versions": "<2.12.1",
			"aliases": ["CVE-2024-21501"],
			"cwe": ["CWE-200"],
			"modified": "2024-03-01T16:55:53Z"
		}],
		"semver": [{
			"id": "GHSA-c2qf-rxjj-qqgw",
			"url": "https://github.com/advisories/GHSA-c2qf-rxjj-qqgw",
			"title": "semver vulnerable to Regular Expression Denial of Service",
			"severity": "high",
			"vulnerable_versions": "<5.7.2 || >=6.0.0 <6.3.1 || >=7.0.0 <7.5.2",
			"aliases": ["CVE-2022-25883"],
			"cwe": ["CWE-1333"],
			"modified": "2024-08-08T16:23:00Z"
		}],
		"send": [{
			"id": "GHSA-m6fv-jmcg-4jfg",
			"url": "https://github.com/advisories/GHSA-m6fv-jmcg-4jfg",
			"title": "send vulnerable to template injection that can lead to XSS",
			"severity": "moderate",
			"vulnerable_versions": "<0.19.0",
			"aliases": ["CVE-2024-43799"],
			"cwe": ["CWE-79"],
			"modified": "2024-09-10T19:42:41Z"
		}],
		"serve-static": [{
			"id": "GHSA-cm22-4g7w-348p",
			"url": "https://github.com/advisories/GHSA-cm22-4g7w-348p",
			"title": "serve-static vulnerable to template injection that can lead to XSS",
			"severity": "moderate",
			"vulnerable_versions": "<1.16.0 || >=2.0.0 <2.1.0",
			"aliases": ["CVE-2024-43800"],
			"cwe": ["CWE-79"],
			"modified": "2024-09-10T19:42:33Z"
		}],
		"tar": [{
			"id": "GHSA-f5x3-32g6-xq36",
			"url": "https://github.com/advisories/GHSA-f5x3-32g6-xq36",
			"title": "Denial of service while parsing a tar file due to lack of folders count validation",
			"severity": "moderate",
			"vulnerable_versions": "<6.2.1",
			"aliases": ["CVE-2024-28863"],
			"cwe": ["CWE-400"],
			"modified": "2024-06-10T18:30:53Z"
		}, {
			"id": "GHSA-r628-mhmh-qjhw",
			"url": "https://github.com/advisories/GHSA-r628-mhmh-qjhw",
			"title": "Arbitrary File Creation/Overwrite via insufficient symlink protection due to directory cache poisoning",
			"severity": "high",
			"vulnerable_versions": "<3.2.3 || >=4.0.0 <4.4.15 || >=5.0.0 <5.0.7 || >=6.0.0 <6.1.2",
			"aliases": ["CVE-2021-32803"],
			"cwe": [
				"CWE-22",
				"CWE-23",
				"CWE-59"
			],
			"modified": "2021-08-30T23:14:33Z"
		}],
		"tough-cookie": [{
			"id": "GHSA-72xf-g2v4-qvf3",
			"url": "https://github.com/advisories/GHSA-72xf-g2v4-qvf3",
			"title": "tough-cookie Prototype Pollution vulnerability",
			"severity": "moderate",
			"vulnerable_versions": "<4.1.3",
			"aliases": ["CVE-2023-26136"],
			"cwe": ["CWE-1321"],
			"modified": "2023-11-29T22:32:01Z"
		}],
		"ua-parser-js": [{
			"id": "GHSA-pjwm-rvh2-c87w",
			"url": "https://github.com/advisories/GHSA-pjwm-rvh2-c87w",
			"title": "Embedded malware in ua-parser-js",
			"severity": "critical",
			"vulnerable_versions": ">=0.7.29 <0.7.30 || >=0.8.0 <0.8.1 || >=1.0.0 <1.0.1",
			"cwe": ["CWE-506"],
			"modified": "2021-10-22T21:43:36Z"
		}],
		"undici": [{
			"id": "GHSA-cxrh-j4jr-qwg3",
			"url": "https://github.com/advisories/GHSA-cxrh-j4jr-qwg3",
			"title": "undici Denial of Service attack via bad certificate data",
			"severity": "low",
			"vulnerable_versions": "<5.29.0 || >=6.0.0 <6.21.2 || >=7.0.0 <7.5.0",
			"aliases": ["CVE-2025-47279"],
			"cwe": ["CWE-401"],
			"modified": "2025-05-15T14:15:06Z"
		}],
		"vitest": [{
			"id": "GHSA-9crc-q9x8-hgqq",
			"url": "https://github.com/advisories/GHSA-9crc-q9x8-hgqq",
			"title": "Vitest allows Remote Code Execution when accessing a malicious website while Vitest API server is listening",
			"severity": "critical",
			"vulnerable_versions": "<=0.0.125 || >=1.0.0 <1.6.1 || >=2.0.0 <2.1.9 || >=3.0.0 <3.0.5",
			"aliases": ["CVE-2025-24964"],
			"cwe": ["CWE-1385"],
			"modified": "2025-02-04T17:00:57Z"
		}],
		"word-wrap": [{
			"id": "GHSA-j8xg-fqg3-53r7",
			"url": "https://github.com/advisories/GHSA-j8xg-fqg3-53r7",
			"title": "word-wrap vulnerable to Regular Expression Denial of Service",
			"severity": "moderate",
			"vulnerable_versions": "<1.2.4",
			"aliases": ["CVE-2023-26115"],
			"cwe": ["CWE-1333"],
			"modified": "2024-06-21T21:33:53Z"
		}],
		"ws": [{
			"id": "GHSA-3h5v-q93c-6h6q",
			"url": "https://github.com/advisories/GHSA-3h5v-q93c-6h6q",
			"title": "ws affected by a DoS when handling a request with many HTTP headers",
			"severity": "high",
			"vulnerable_versions": ">=2.1.0 <5.2.4 || >=6.0.0 <6.2.3 || >=7.0.0 <7.5.10 || >=8.0.0 <8.17.1",
			"aliases": ["CVE-2024-37890"],
			"cwe": ["CWE-476"],
			"modified": "2024-06-17T19:09:12Z"
		}, {
			"id": "GHSA-6fc8-4gx4-v693",
			"url": "https://github.com/advisories/GHSA-6fc8-4gx4-v693",
			"title": "ReDoS in Sec-Websocket-Protocol header",
			"severity": "moderate",
			"vulnerable_versions": ">=5.0.0 <5.2.3 || >=6.0.0 <6.2.2 || >=7.0.0 <7.4.6",
			"aliases": ["CVE-2021-32640"],
			"cwe": ["CWE-345", "CWE-400"],
			"modified": "2021-10-06T22:05:51Z"
		}],
		"y18n": [{
			"id": "GHSA-c4w7-xm78-47vh",
			"url": "https://github.com/advisories/GHSA-c4w7-xm78-47vh",
			"title": "Prototype Pollution in y18n",
			"severity": "high",
			"vulnerable_versions": "<3.2.2 || >=4.0.0 <4.0.1 || >=5.0.0 <5.0.5",
			"aliases": ["CVE-2020-7774"],
			"cwe": [
				"CWE-1321",
				"CWE-20",
				"CWE-915"
			],
			"modified": "2023-09-07T20:22:08Z"
		}]
	}
};
// core/src/findings/lock-packages.ts
function listProductionPackages(lock, workspace) {
	if (lock.lockfileVersion !== 3) throw new RangeError(`expected package-lock.json of lockfileVersion 3, found ${lock.lockfileVersion}`);
	const root = lock.packages[workspace];
	if (!root) throw new RangeError(`expected the workspace "${workspace}" in package-lock.json, found none`);
	const seen = new Set();
	const waiting = dependencyPaths(lock, workspace, root);
	for (let path = waiting.pop(); path != null; path = waiting.pop()) {
		if (seen.has(path)) continue;
		seen.add(path);
		const entry = lock.packages[path];
		if (entry?.link && entry.resolved != null) waiting.push(entry.resolved);
		else if (entry) waiting.push(...dependencyPaths(lock, path, entry));
	}
	return [...seen].flatMap((path) => {
		const { version, name, link } = lock.packages[path] ?? {};
		const inFolder = path.split("node_modules/").at(-1) ?? path;
		return version == null || link || !path.includes("node_modules/") ? [] : [{
			name: name ?? inFolder,
			version
		}];
	}).sort((a, b) => `${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1);
}
function dependencyPaths(lock, from, entry) {
	const required = Object.keys({
		...entry.dependencies,
		...entry.peerDependencies
	});
	const left = new Set(Object.keys(entry.optionalDependencies ?? {}));
	return required.filter((name) => !left.has(name)).map((name) => resolve$1(lock, name, from)).filter((path) => path != null);
}
function resolve$1(lock, name, from) {
	for (let folder = from;; folder = folder.includes("/") ? folder.slice(0, folder.lastIndexOf("/")) : "") {
		const path = `${folder === "" ? "" : `${folder}/`}node_modules/${name}`;
		if (lock.packages[path]) return path;
		if (folder === "") return void 0;
	}
}
// src/scanners/npm-audit.ts
var import_semver = __toESM(require_semver(), 1);
const run$1 = promisify(execFile);
const advisorySchema = object({
	id: union([number(), string()]),
	url: string().optional(),
	title: string(),
	severity: _enum([
		"info",
		"low",
		"moderate",
		"high",
		"critical"
	]),
	vulnerable_versions: string(),
	aliases: array(string()).optional()
});
const bulkSchema = record(string(), array(advisorySchema));
const advisorySnapshotSchema = object({
	date: string(),
	advisories: bulkSchema
});
const timeoutMilliseconds = 8e3;
const severityOf$1 = {
	info: "low",
	moderate: "medium"
};
async function auditPackages(folder, workspace, snapshot, now) {
	const packages = listProductionPackages(JSON.parse(await readFile(join(folder, "package-lock.json"), "utf8")), workspace);
	const service = await askService(folder, packages);
	const source = "bulk" in service ? `npm's service` : `the snapshot of ${snapshot.date} (${service.why})`;
	return {
		scanner: "npm-audit",
		status: "ran",
		detail: `${packages.length} production packages of ${workspace}, by ${source}`,
		examined: packages.length,
		findings: matchAdvisories(packages, "bulk" in service ? service.bulk : snapshot.advisories),
		scannedAt: now().toISOString()
	};
}
function matchAdvisories(packages, advisories) {
	return packages.flatMap(({ name, version }) => (advisories[name] ?? []).filter(({ vulnerable_versions: range }) => import_semver.default.satisfies(version, range, { includePrerelease: true })).map((advisory) => {
		const id = /GHSA-[\w-]+/.exec(advisory.url ?? "")?.[0] ?? String(advisory.id);
		const fixedIn = firstFixed(advisory.vulnerable_versions, version);
		return {
			scanner: "npm-audit",
			id,
			aliases: [...new Set([String(advisory.id), ...advisory.aliases ?? []])].filter((alias) => alias !== id),
			title: advisory.title,
			severity: severityOf$1[advisory.severity] ?? advisory.severity,
			package: {
				name,
				version
			},
			...advisory.url == null ? {} : { url: advisory.url },
			...fixedIn == null ? {} : { fixedIn }
		};
	}));
}
function firstFixed(range, version) {
	return [...(range.split("||").find((each) => import_semver.default.satisfies(version, each, { includePrerelease: true })) ?? "").matchAll(/<\s*(\d[\w.+-]*)/g)].at(-1)?.[1];
}
async function askService(folder, packages) {
	const versions = {};
	for (const { name, version } of packages) (versions[name] ??= []).push(version);
	try {
		const registry = await configuredRegistry(folder);
		const response = await fetch(new URL("-/npm/v1/security/advisories/bulk", registry), {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: JSON.stringify(versions),
			signal: AbortSignal.timeout(timeoutMilliseconds)
		});
		if (!response.ok) return { why: `npm's service answered ${response.status}` };
		const parsed = bulkSchema.safeParse(await response.json());
		return parsed.success ? { bulk: parsed.data } : { why: `npm's service answered in another shape` };
	} catch (error) {
		return { why: `npm's service gave no answer: ${error instanceof Error ? error.message : String(error)}` };
	}
}
async function configuredRegistry(folder) {
	const url = process.env["npm_config_registry"] ?? (await run$1("npm", [
		"config",
		"get",
		"registry"
	], { cwd: folder })).stdout.trim();
	return url.endsWith("/") ? url : `${url}/`;
}
// src/scanners/advisory-snapshot.ts
function readAdvisorySnapshot() {
	return advisorySnapshotSchema.parse(npm_advisories_default);
}
// src/scanners/ecr.ts
var import_dist_cjs = require_dist_cjs();
const firstPollMilliseconds = 250;
const longestPollMilliseconds = 5e3;
const deadlineMilliseconds$1 = 6e5;
const ended = {
	COMPLETE: "ran",
	ACTIVE: "ran",
	FAILED: "failed",
	UNSUPPORTED_IMAGE: "failed",
	SCAN_ELIGIBILITY_EXPIRED: "failed",
	FINDINGS_UNAVAILABLE: "failed",
	LIMIT_EXCEEDED: "failed",
	IMAGE_ARCHIVED: "failed"
};
async function readImageFindings(ecr, image, registryId, clock) {
	const report = (status, detail, findings = [], examined = 0) => ({
		scanner: "ecr",
		status,
		detail,
		examined,
		findings,
		scannedAt: clock.now().toISOString()
	});
	const deadline = clock.now().getTime() + deadlineMilliseconds$1;
	let before;
	let last = "no scan";
	let pollMilliseconds = firstPollMilliseconds;
	while (clock.now().getTime() < deadline) {
		const answer = await readAll(ecr, image, registryId);
		const status = answer?.status ?? "no scan";
		last = `${status}${answer?.description == null ? "" : ` (${answer.description})`}`;
		if (ended[status] === "failed") return report("failed", `ECR says ${last} of ${formatImageReference(image)}`);
		if (answer && ended[status] === "ran") {
			const seen = JSON.stringify(answer.findings);
			if (answer.isDated || seen === before) return report("ran", `${formatImageReference(image)}: ECR's scan is ${status}`, answer.findings, 1);
			before = seen;
		}
		await clock.sleep(pollMilliseconds);
		pollMilliseconds = Math.min(1.5 * pollMilliseconds, longestPollMilliseconds);
	}
	return report("failed", `ECR's scan of ${formatImageReference(image)} did not end in ten minutes: ${last}`);
}
async function readAll(ecr, image, registryId) {
	const imageId = { imageDigest: image.digest };
	const request = {
		repositoryName: image.repository,
		registryId,
		imageId
	};
	const findings = [];
	let page;
	let isDated = false;
	do {
		try {
			page = await ecr.send(new import_dist_cjs.DescribeImageScanFindingsCommand({
				...request,
				...page?.nextToken == null ? {} : { nextToken: page.nextToken }
			}));
		} catch (error) {
			if (!(error instanceof Error) || error.name !== "ScanNotFoundException") throw error;
			await startScan(ecr, request);
			return;
		}
		const found = page.imageScanFindings;
		isDated ||= found?.imageScanCompletedAt != null || found?.vulnerabilitySourceUpdatedAt != null;
		findings.push(...(found?.findings ?? []).map(basicFinding), ...(found?.enhancedFindings ?? []).map(enhancedFinding));
	} while (page.nextToken != null);
	const { status = "UNKNOWN", description } = page.imageScanStatus ?? {};
	return {
		status,
		description,
		isDated,
		findings
	};
}
async function startScan(ecr, request) {
	try {
		await ecr.send(new import_dist_cjs.StartImageScanCommand(request));
	} catch (error) {
		if (!(error instanceof Error) || ![
			"LimitExceededException",
			"ValidationException",
			"AccessDeniedException"
		].includes(error.name)) throw error;
	}
}
function basicFinding(finding) {
	const attribute = (key) => finding.attributes?.find((candidate) => candidate.key === key)?.value;
	const name = attribute("package_name");
	const fixedIn = attribute("fixed_version");
	return {
		scanner: "ecr",
		id: finding.name ?? "unnamed",
		aliases: [],
		title: finding.description ?? finding.name ?? "unnamed",
		severity: toSeverity(finding.severity),
		...name == null ? {} : { package: {
			name,
			version: attribute("package_version") ?? "unknown"
		} },
		...finding.uri == null ? {} : { url: finding.uri },
		...fixedIn == null ? {} : { fixedIn }
	};
}
function enhancedFinding(finding) {
	const details = finding.packageVulnerabilityDetails;
	const vulnerable = details?.vulnerablePackages?.[0];
	const id = details?.vulnerabilityId ?? finding.findingArn ?? "unnamed";
	return {
		scanner: "ecr",
		id,
		aliases: details?.relatedVulnerabilities ?? [],
		title: finding.title ?? finding.description ?? id,
		severity: toSeverity(finding.severity),
		...vulnerable?.name == null ? {} : { package: {
			name: vulnerable.name,
			version: vulnerable.version ?? "unknown"
		} },
		...details?.sourceUrl == null ? {} : { url: details.sourceUrl },
		...vulnerable?.fixedInVersion == null ? {} : { fixedIn: vulnerable.fixedInVersion }
	};
}
function toSeverity(text) {
	const lower = text?.toLowerCase() ?? "";
	if (lower === "informational") return "low";
	return severities.find((severity) => severity === lower) ?? "medium";
}
// src/scanners/secretlint.ts
const run = promisify(execFile);
const largestBytes = 1048576;
const presetId = "@secretlint/secretlint-rule-preset-recommend";
const severityOf = {
	error: "critical",
	warning: "medium",
	info: "low"
};
async function findSecrets(folder, now) {
	const { stdout } = await run("git", ["ls-files", "-z"], {
		cwd: folder,
		maxBuffer: 67108864
	});
	const paths = stdout.split("\0").filter((path) => path !== "" && !path.startsWith("actions/dist/"));
	const findings = [];
	let examined = 0;
	for (const path of paths) {
		const content = await readText(join(folder, path));
		if (content == null) continue;
		examined += 1;
		findings.push(...await lintFile(path, content));
	}
	return {
		scanner: "secretlint",
		status: "ran",
		detail: `${examined} tracked files, by secretlint's recommended rules`,
		examined,
		findings,
		scannedAt: now().toISOString()
	};
}
async function readText(file) {
	const { size, isFile } = await stat(file).then((found) => ({
		size: found.size,
		isFile: found.isFile()
	}), () => ({
		size: 0,
		isFile: false
	}));
	if (!isFile || size > largestBytes) return void 0;
	const bytes = await readFile(file);
	return bytes.includes(0) ? void 0 : bytes.toString("utf8");
}
async function lintFile(path, content) {
	const { messages } = await lintSource({
		source: {
			filePath: path,
			content,
			ext: extname(path),
			contentType: "text"
		},
		options: {
			config: { rules: [{
				id: presetId,
				rule: creator
			}] },
			maskSecrets: true,
			noPhysicFilePath: true
		}
	});
	return messages.map(({ ruleId, messageId, message, severity, loc, docsUrl }) => ({
		scanner: "secretlint",
		id: `${ruleId.replace("@secretlint/secretlint-rule-", "")}/${messageId}`,
		aliases: [],
		title: message,
		severity: severityOf[severity] ?? "critical",
		location: {
			file: path,
			line: Math.max(1, loc.start.line)
		},
		...docsUrl == null ? {} : { url: docsUrl }
	}));
}
// src/scanners/tool.ts
async function runTool(folder, tool, args, env) {
	const own = join(folder, "node_modules", ".bin", tool.bin);
	const fetched = [
		"exec",
		"--yes",
		"--ignore-scripts",
		`--package=${tool.package}@${tool.version}`,
		"--",
		tool.bin
	];
	const [command, before] = existsSync(own) ? [own, []] : ["npm", fetched];
	const child = spawn(command, [...before, ...args], {
		cwd: folder,
		env: {
			...process.env,
			...env
		},
		stdio: [
			"ignore",
			"pipe",
			"pipe"
		],
		timeout: 9e5
	});
	let stdout = "";
	let stderr = "";
	child.stdout.setEncoding("utf8").on("data", (text) => stdout += text);
	child.stderr.setEncoding("utf8").on("data", (text) => stderr += text);
	return {
		code: await new Promise((resolve, reject) => {
			child.on("error", reject);
			child.on("close", resolve);
		}),
		stdout,
		stderr
	};
}
// src/scanners/snyk.ts
const snykVersion = "1.1307.4";
const vulnerabilitySchema = object({
	id: string(),
	title: string(),
	severity: string(),
	packageName: string(),
	version: string(),
	fixedIn: array(string()).optional(),
	identifiers: object({
		CVE: array(string()).optional(),
		GHSA: array(string()).optional()
	}).optional()
});
const projectSchema = object({
	dependencyCount: number(),
	vulnerabilities: array(vulnerabilitySchema)
});
const answerSchema = union([projectSchema.transform((project) => [project]), array(projectSchema)]);
async function runSnyk(folder, token, now) {
	const { code, stdout, stderr } = await runTool(folder, {
		package: "snyk",
		version: snykVersion,
		bin: "snyk"
	}, [
		"test",
		"--json",
		"--file=package-lock.json"
	], {
		SNYK_TOKEN: token,
		SNYK_DISABLE_ANALYTICS: "1"
	});
	return readSnykReport(stdout, `exit code ${code}: ${stderr.trim().slice(-300)}`, now);
}
function readSnykReport(stdout, otherwise, now) {
	const report = (status, detail, examined = 0, findings = []) => ({
		scanner: "snyk",
		status,
		detail,
		examined,
		findings,
		scannedAt: now().toISOString()
	});
	let answer;
	try {
		answer = JSON.parse(stdout);
	} catch {
		return report("failed", `expected a report in JSON, found ${stdout.length} other bytes (${otherwise})`);
	}
	if (answer != null && typeof answer === "object" && "error" in answer) return report("failed", `Snyk says: ${String(answer.error)}`);
	const parsed = answerSchema.safeParse(answer);
	if (!parsed.success) return report("failed", `expected projects with vulnerabilities, found another shape (${otherwise})`);
	const examined = parsed.data.reduce((sum, { dependencyCount }) => sum + dependencyCount, 0);
	const findings = parsed.data.flatMap(({ vulnerabilities }) => vulnerabilities.map((found) => {
		const fixedIn = found.fixedIn?.[0];
		return {
			scanner: "snyk",
			id: found.id,
			aliases: [...found.identifiers?.GHSA ?? [], ...found.identifiers?.CVE ?? []],
			title: found.title,
			severity: severities.find((severity) => severity === found.severity) ?? "medium",
			package: {
				name: found.packageName,
				version: found.version
			},
			url: `https://security.snyk.io/vuln/${found.id}`,
			...fixedIn == null ? {} : { fixedIn }
		};
	}));
	return report("ran", `${examined} dependencies in ${parsed.data.length} project(s)`, examined, findings);
}
// src/scanners/sonar.ts
const sonarVersion = "5.0.1";
const pollMilliseconds = 3e3;
const deadlineMilliseconds = 6e5;
const taskSchema = object({ task: object({
	status: string(),
	analysisId: string().optional()
}) });
const gateSchema = object({ projectStatus: object({
	status: _enum([
		"OK",
		"WARN",
		"ERROR",
		"NONE"
	]),
	conditions: array(object({
		status: string(),
		metricKey: string(),
		comparator: string().optional(),
		errorThreshold: string().optional(),
		actualValue: string().optional()
	})).default([])
}) });
async function runSonar(folder, settings, clock) {
	const report = (status, detail, examined = 0, findings = []) => ({
		scanner: "sonar",
		status,
		detail,
		examined,
		findings,
		scannedAt: clock.now().toISOString()
	});
	const { code, stdout, stderr } = await runTool(folder, {
		package: "@sonar/scan",
		version: sonarVersion,
		bin: "sonar-scanner-npm"
	}, [
		`-Dsonar.projectKey=${settings.projectKey}`,
		`-Dsonar.organization=${settings.organization}`,
		`-Dsonar.host.url=${settings.url}`
	], { SONAR_TOKEN: settings.token });
	if (code !== 0) return report("failed", `the scanner ended with exit code ${code}: ${(stderr || stdout).trim().slice(-300)}`);
	const taskText = await readFile(join(folder, ".scannerwork", "report-task.txt"), "utf8").catch(() => "");
	const taskUrl = /^ceTaskUrl=(.+)$/m.exec(taskText)?.[1];
	if (taskUrl == null) return report("failed", "the scanner left no .scannerwork/report-task.txt with a ceTaskUrl");
	const deadline = clock.now().getTime() + deadlineMilliseconds;
	for (;;) {
		const { task } = taskSchema.parse(await getJson(taskUrl, settings.token));
		if (task.status === "SUCCESS" && task.analysisId != null) return judge(task.analysisId);
		if (!["PENDING", "IN_PROGRESS"].includes(task.status)) return report("failed", `Sonar's analysis is ${task.status}`);
		if (clock.now().getTime() >= deadline) return report("failed", `Sonar's analysis is ${task.status} after ten minutes`);
		await clock.sleep(pollMilliseconds);
	}
	async function judge(analysisId) {
		const url = new URL(`api/qualitygates/project_status?analysisId=${encodeURIComponent(analysisId)}`, `${settings.url}/`);
		const { projectStatus } = gateSchema.parse(await getJson(url.href, settings.token));
		if (projectStatus.status === "NONE") return report("failed", "the quality gate says NONE: it has judged nothing");
		const findings = projectStatus.conditions.filter(({ status }) => status === "ERROR").map(({ metricKey, comparator, errorThreshold, actualValue }) => ({
			scanner: "sonar",
			id: `quality-gate/${metricKey}`,
			aliases: [],
			title: `${metricKey} is ${actualValue ?? "unknown"}, fails when ${comparator ?? ""} ${errorThreshold ?? ""}`,
			severity: "high"
		}));
		const { status, conditions } = projectStatus;
		return report("ran", `the quality gate says ${status} over ${conditions.length} condition(s)`, 1, findings);
	}
}
async function getJson(url, token) {
	const response = await fetch(url, {
		headers: { authorization: `Bearer ${token}` },
		redirect: "error"
	});
	if (!response.ok) throw new Error(`GET ${url}: expected 200, found ${response.status}`);
	return response.json();
}
// src/scanners/prepare-scanners.ts
function prepareScanners(wanted, settings, env = process.env) {
	const { folder, path, snykToken, sonarToken } = settings;
	const now = () => systemClock.now();
	const { owner, repository } = settings.state.project.github;
	const prepare = {
		"npm-audit": () => () => auditPackages(folder, path, readAdvisorySnapshot(), now),
		secretlint: () => () => findSecrets(folder, now),
		ecr: () => prepareEcr(settings),
		snyk: () => snykToken == null ? { notRun: "there is no SNYK_TOKEN" } : () => runSnyk(folder, snykToken, now),
		sonar: () => {
			if (sonarToken == null) return { notRun: "there is no SONAR_TOKEN" };
			const project = {
				url: env["SONAR_HOST_URL"] ?? "https://sonarcloud.io",
				projectKey: `${owner}_${repository}`,
				organization: owner
			};
			return () => runSonar(folder, {
				...project,
				token: sonarToken
			}, systemClock);
		}
	};
	return new Map(wanted.map((scanner) => [scanner, prepare[scanner]()]));
}
function prepareEcr({ state, image, role }) {
	if (!image) return { notRun: "no image was named" };
	const { account, region } = state.project.artifacts;
	const first = firstEnvironment(state);
	const planAccount = state.environments[first]?.environment.account ?? account;
	const assumed = roleToAssume(role, planAccount, names.role.plan(first));
	return () => readImageFindings(awsClients({
		region,
		role: assumed
	}).ecr, image, account, systemClock);
}
// src/scanners/run-scanners.ts
async function runScanners(scanners, folder, now) {
	await mkdir(folder, { recursive: true });
	return Promise.all([...scanners].map(async ([scanner, prepared]) => {
		const report = await runOne(scanner, prepared, now);
		await writeFile(join(folder, `${scanner}.json`), `${JSON.stringify(report, void 0, 2)}\n`);
		return report;
	}));
}
async function runOne(scanner, prepared, now) {
	const empty = {
		scanner,
		examined: 0,
		findings: [],
		scannedAt: now().toISOString()
	};
	if (typeof prepared !== "function") return {
		...empty,
		status: "not-run",
		detail: prepared.notRun
	};
	try {
		return await prepared();
	} catch (error) {
		return {
			...empty,
			status: "failed",
			detail: error instanceof Error ? error.message : String(error)
		};
	}
}
// src/scan.ts
await runAction("Scan", async () => {
	const inputs = readInputs(contract.inputs);
	const state = await readDesiredState();
	const scanners = prepareScanners(inputs.scanners, {
		folder: workspace(),
		state,
		path: findProjectService(state.project, inputs.service).path,
		image: inputs.image,
		role: inputs.role,
		snykToken: inputs["snyk-token"],
		sonarToken: inputs["sonar-token"]
	});
	const reports = await mkdtemp(join(process.env["RUNNER_TEMP"] ?? tmpdir(), "sluice-reports-"));
	const done = await runScanners(scanners, reports, () => new Date());
	const ran = done.filter(({ status }) => status === "ran").map(({ scanner }) => scanner);
	setOutputs(contract, {
		reports,
		ran: ran.join(",")
	});
	await writeSummary(describeReports(done));
});
export {};
