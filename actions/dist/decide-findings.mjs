import { Ct as setOutputs, Gt as jsonInput, H as dedupeFindings, Ht as writeSummary, J as recordDecisions, Q as gitHub, Rt as systemClock, St as runAction, U as isAtLeast, Vt as markdownTable, W as scanReportSchema, Wt as defineContract, Y as firstEnvironment, Z as currentRun, bt as sha256OfJson, jt as releaseSchema, kt as readDesiredState, un as ConfigurationError, wt as readInputs, xt as failStep } from "./shared/sluice.mjs";
import { O as string } from "./shared/vendor.mjs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readFile, readdir, writeFile } from "node:fs/promises";
// src/contracts/decide-findings.ts
const contract = defineContract({
	reports: string(),
	service: string(),
	environment: string().optional(),
	release: jsonInput(releaseSchema).optional(),
	token: string().optional()
}, [
	"outcome",
	"reason",
	"gate-result",
	"sarif"
]);
// core/src/findings/decide.ts
function decideFindings(reports, policy, environment, today) {
	const missing = (policy.required[environment] ?? []).flatMap((scanner) => {
		const why = whyMissing(reports.filter((report) => report.scanner === scanner));
		return why == null ? [] : [`${scanner} is required in ${environment} and ${why}`];
	});
	if (policy.required[environment] == null) missing.push(`the findings policy does not say which scanners ${environment} requires`);
	const all = dedupeFindings(reports.filter(({ status }) => status === "ran").flatMap(({ findings }) => findings));
	const findings = all.map((finding) => judge(finding, policy, today));
	const staleIgnores = policy.ignores.flatMap((ignore) => {
		const label = `${ignore.id}${ignore.package == null ? "" : ` in ${ignore.package}`} (${ignore.owner})`;
		if (ignore.expires < today) return [`the ignore of ${label} ended on ${ignore.expires}`];
		return all.some((finding) => matches(ignore, finding)) ? [] : [`the ignore of ${label} matches no finding`];
	});
	const failing = findings.filter(({ effect }) => effect === "fail");
	const ran = reports.filter(({ status }) => status === "ran").map(({ scanner }) => scanner);
	const problems = [
		...missing,
		...failing.slice(0, 5).map(({ finding }) => describeFinding(finding)),
		...failing.length > 5 ? [`and ${failing.length - 5} more`] : []
	];
	const counted = `${failing.length} of ${all.length} findings fail (${[...new Set(ran)].join(", ") || "no scanner ran"})`;
	return {
		outcome: problems.length > 0 ? "fail" : "pass",
		reason: [counted, ...problems].join("; "),
		findings,
		missing,
		staleIgnores
	};
}
function whyMissing(reports) {
	if (reports.length === 0) return "left no report";
	const bad = reports.find(({ status }) => status !== "ran");
	if (bad) return `${bad.status === "failed" ? "failed" : "did not run"}: ${bad.detail}`;
	return reports.every(({ examined }) => examined === 0) ? "looked at nothing" : void 0;
}
function judge(finding, policy, today) {
	const { severity, fixAvailableOnly } = policy.fail;
	const ignore = policy.ignores.find((candidate) => candidate.expires >= today && matches(candidate, finding));
	if (ignore) return {
		finding,
		effect: "ignored",
		why: `${ignore.reason} (${ignore.owner}, until ${ignore.expires})`
	};
	if (!isAtLeast(finding.severity, severity)) return {
		finding,
		effect: "noted",
		why: `below ${severity}`
	};
	if (fixAvailableOnly && finding.fixedIn == null) return {
		finding,
		effect: "noted",
		why: "there is no fix yet"
	};
	const mend = finding.fixedIn == null ? "no fix yet" : `mended in ${finding.fixedIn}`;
	return {
		finding,
		effect: "fail",
		why: `${finding.severity}, ${severity} and above fail; ${mend}`
	};
}
function matches(ignore, finding) {
	return [finding.id, ...finding.aliases].includes(ignore.id) && (ignore.package == null || ignore.package === finding.package?.name);
}
function describeFinding({ severity, id, title, package: of, location }) {
	const place = of ? `${of.name}@${of.version}` : location && `${location.file}:${location.line ?? 1}`;
	return `${severity} ${id}${place == null ? "" : ` in ${place}`}: ${title}`;
}
// src/scanners/decide-for-environments.ts
function decideForEnvironments(state, reports, at) {
	return Object.values(state.environments).flatMap(({ name, environment: { findings } }) => {
		const policy = state.findings[findings];
		return policy ? [{
			name,
			...decideFindings(reports, policy, name, at.slice(0, 10))
		}] : [];
	});
}
function findDecided(decisions, environment) {
	const found = decisions.find(({ name }) => name === environment);
	if (found) return found;
	const names = decisions.map(({ name }) => name).join(", ");
	throw new ConfigurationError(`input "environment": expected one of ${names}, found "${environment}"`);
}
// src/scanners/describe-decisions.ts
const mostRows = 50;
function describeDecisions(environment, decisions) {
	const next = decisions.find(({ name }) => name === environment);
	const rows = (next?.findings ?? []).map(({ finding, effect, why }) => [
		effect === "fail" ? "**fail**" : effect,
		finding.severity,
		finding.url == null ? finding.id : `[${finding.id}](${finding.url})`,
		finding.package ? `${finding.package.name}@${finding.package.version}` : finding.location?.file ?? "",
		finding.title,
		why
	]);
	const shown = rows.toSorted(([a = ""], [b = ""]) => a < b ? -1 : 1).slice(0, mostRows);
	return [
		"### Findings",
		"",
		markdownTable([
			"environment",
			"outcome",
			"reason"
		], decisions.map(({ name, outcome, reason }) => [
			name,
			`**${outcome}**`,
			reason
		])),
		...shown.length === 0 ? [] : ["", markdownTable([
			"",
			"severity",
			"id",
			"where",
			"what",
			"why"
		], shown)],
		...rows.length > shown.length ? ["", `and ${rows.length - shown.length} more`] : [],
		...(next?.staleIgnores ?? []).map((ignore) => `\n> To be removed or renewed: ${ignore}`)
	].join("\n");
}
// src/scanners/read-reports.ts
async function readReports(folder) {
	const files = (await readdir(folder, {
		recursive: true,
		withFileTypes: true
	}).catch((error) => {
		if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
		throw error;
	})).filter((entry) => entry.isFile() && entry.name.endsWith(".json"));
	return Promise.all(files.map(async (entry) => {
		const path = join(entry.parentPath, entry.name);
		try {
			return scanReportSchema.parse(JSON.parse(await readFile(path, "utf8")));
		} catch (error) {
			throw new ConfigurationError(`expected a scan report in ${path}, found something else`, { cause: error });
		}
	}));
}
// core/src/findings/sarif.ts
const mostResults = 5e3;
const score = {
	low: "2.0",
	medium: "5.0",
	high: "8.0",
	critical: "9.5"
};
function findingsSarif(findings) {
	return {
		$schema: "https://json.schemastore.org/sarif-2.1.0.json",
		version: "2.1.0",
		runs: [...new Set(findings.map(({ finding }) => finding.scanner))].sort().map((scanner) => {
			const ofScanner = findings.filter(({ finding }) => finding.scanner === scanner).slice(0, mostResults);
			return {
				tool: { driver: {
					name: scanner,
					rules: [...new Map(ofScanner.map((judged) => [judged.finding.id, judged])).values()].map(rule)
				} },
				results: ofScanner.map(result)
			};
		})
	};
}
function rule({ finding }) {
	return {
		id: finding.id,
		shortDescription: { text: finding.title },
		...finding.url == null ? {} : { helpUri: finding.url },
		properties: {
			"security-severity": score[finding.severity],
			tags: ["security"]
		}
	};
}
function result({ finding, effect, why }) {
	const { package: of, location } = finding;
	const fingerprint = sha256OfJson([
		finding.scanner,
		finding.id,
		of?.name ?? null,
		location?.file ?? null
	]);
	return {
		ruleId: finding.id,
		level: effect === "fail" ? "error" : "note",
		message: { text: `${of ? `${of.name}@${of.version}: ` : ""}${finding.title} (${why})` },
		partialFingerprints: { "sluice/v1": fingerprint },
		locations: [{ physicalLocation: {
			artifactLocation: { uri: location?.file ?? "package-lock.json" },
			region: { startLine: location?.line ?? 1 }
		} }],
		...effect === "ignored" ? { suppressions: [{
			kind: "external",
			justification: why
		}] } : {}
	};
}
// src/scanners/write-sarif.ts
async function writeSarif(findings) {
	const file = join(process.env["RUNNER_TEMP"] ?? tmpdir(), `findings-${process.pid}.sarif`);
	await writeFile(file, `${JSON.stringify(findingsSarif(findings), void 0, 2)}\n`);
	return file;
}
// src/decide-findings.ts
await runAction("Decide findings", async () => {
	const { environment, service, release, token, ...inputs } = readInputs(contract.inputs);
	const state = await readDesiredState();
	const reports = await readReports(inputs.reports);
	const now = systemClock.now().toISOString();
	const decisions = decideForEnvironments(state, reports, now);
	const decided = findDecided(decisions, environment ?? firstEnvironment(state));
	if (release && token != null) {
		const subject = {
			commit: release.commit,
			digest: release.image.digest
		};
		await recordDecisions(gitHub(token), subject, service, decisions, currentRun().url);
	}
	const { outcome, reason } = decided;
	const gate = {
		gate: "findings",
		outcome,
		reason,
		figures: {},
		startedAt: now,
		finishedAt: now
	};
	const sarif = await writeSarif(decided.findings);
	setOutputs(contract, {
		outcome,
		reason,
		"gate-result": JSON.stringify(gate),
		sarif
	});
	await writeSummary(describeDecisions(decided.name, decisions));
	if (outcome !== "pass") failStep(`Findings keep ${service} out of ${decided.name}`, reason);
});
export {};
