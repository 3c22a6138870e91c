import { s as info } from "./shared/github.mjs";
import { At as workspace, Bt as reportGate, Dt as findService, Gt as jsonInput, Ht as writeSummary, Ln as gateNames, St as runAction, Wt as defineContract, cn as rolloutHandleSchema, kt as readDesiredState, n as runChild, t as environmentForTests, un as ConfigurationError, wt as readInputs } from "./shared/sluice.mjs";
import { A as unknown, C as looseObject, E as record, O as string, T as object, _ as boolean, g as array } from "./shared/vendor.mjs";
import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { chmod, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { spawn } from "node:child_process";
// core/src/load-test/gate.ts
function loadTestSides(loadTest, handle) {
	return ["test", "production"].filter((side) => loadTest.against.includes(side)).map((side) => {
		const url = side === "test" ? handle.testUrl : handle.productionUrl;
		if (url == null) throw new Error(`the handle of ${handle.service} names no ${side} address to load`);
		return {
			side,
			url
		};
	});
}
function loadTestGate(scenario, [decisive, beside], startedAt, finishedAt) {
	if (!decisive) throw new Error("a load test without a side decides nothing");
	const compared = beside == null ? "" : `; ${beside.side} beside it: ${beside.figures.requests} requests, p95 ${beside.figures.p95Milliseconds.toFixed(1)} ms`;
	return {
		gate: gateNames.loadTest,
		outcome: decisive.outcome,
		reason: `${scenario} against ${decisive.side}: ${decisive.reason}${compared}`,
		figures: { ...decisive.figures },
		startedAt: startedAt.toISOString(),
		finishedAt: finishedAt.toISOString()
	};
}
function describeLoadTest(scenario, sides) {
	const rows = sides.map(({ side, url, outcome, figures }) => {
		const { requests, requestsPerSecond, failedShare, p95Milliseconds, p99Milliseconds, droppedIterations } = figures;
		const latency = `${p95Milliseconds.toFixed(1)} ms | ${p99Milliseconds.toFixed(1)} ms`;
		return `| ${side} | ${url} | ${outcome} | ${requests} | ${requestsPerSecond.toFixed(1)} | ${(100 * failedShare).toFixed(2)} % | ${latency} | ${droppedIterations} |`;
	});
	return [
		`#### k6 \`${scenario}\``,
		"",
		"| side | address | verdict | requests | a second | failed | p95 | p99 | dropped |",
		"|---|---|---|---|---|---|---|---|---|",
		...rows
	].join("\n");
}
// ../load-tests/tool/run-program.mjs
function runProgram(command, args, { env = process.env, timeout }) {
	return new Promise((resolve) => {
		const child = spawn(command, args, {
			env,
			stdio: [
				"ignore",
				"pipe",
				"pipe"
			],
			timeout
		});
		const chunks = [];
		child.stdout.on("data", (chunk) => chunks.push(chunk));
		child.stderr.on("data", (chunk) => chunks.push(chunk));
		child.on("error", (error) => resolve({
			code: null,
			output: error.message
		}));
		child.on("close", (code) => resolve({
			code,
			output: Buffer.concat(chunks).toString()
		}));
	});
}
// ../load-tests/tool/version.mjs
const k6Version = "1.8.1";
function atLeast(version, [wantedMajor = 0, wantedMinor = 0]) {
	const [major = 0, minor = 0] = version.split(".").map(Number);
	return major > wantedMajor || major === wantedMajor && minor >= wantedMinor;
}
// ../load-tests/tool/build-k6.mjs
const oldestGo = [1, 25];
async function buildK6(room, executable, { env, report }) {
	const { code: missing, output: answer } = await runProgram("go", ["version"], {
		env,
		timeout: 6e4
	});
	const go = /\bgo(\d+\.\d+(?:\.\d+)?)/.exec(answer)?.[1];
	if (missing !== 0 || go == null) throw new Error(`Go ${oldestGo.join(".")} or newer is needed, found none`);
	if (!atLeast(go, oldestGo)) throw new Error(`Go ${oldestGo.join(".")} or newer is needed, found ${go}`);
	const began = Date.now();
	report(`building k6 ${k6Version} with Go ${go}, once; about two minutes`);
	const ticker = setInterval(() => report(`building k6: ${Math.round((Date.now() - began) / 1e3)} s`), 1e4);
	try {
		const { code, output } = await runProgram("go", ["install", `go.k6.io/k6@v${k6Version}`], {
			env: await goEnvironment(room, env),
			timeout: 9e5
		});
		if (code !== 0) throw new Error(output.trim().split("\n").slice(-3).join(" ") || `exit code ${code}`);
		report(`built k6 ${k6Version} in ${Math.round((Date.now() - began) / 1e3)} s`);
		return join(room, executable);
	} finally {
		clearInterval(ticker);
	}
}
async function goEnvironment(room, env) {
	const { output } = await runProgram("go", ["env", "GOMODCACHE"], {
		env,
		timeout: 6e4
	});
	const modules = output.trim();
	const exists = await stat(modules).then(() => true, () => false);
	return {
		...env,
		GOBIN: room,
		...modules !== "" && exists ? {} : { GOMODCACHE: join(room, "modules") },
		GOFLAGS: [env["GOFLAGS"], "-modcacherw"].filter(Boolean).join(" ")
	};
}
// ../load-tests/tool/download-k6.mjs
async function downloadK6(room, executable, { platform, arch = process.arch, fetch = globalThis.fetch, report }) {
	const system = {
		linux: "linux",
		darwin: "macos",
		win32: "windows"
	}[platform];
	const machine = {
		x64: "amd64",
		arm64: "arm64"
	}[arch];
	if (system == null || machine == null) throw new Error(`there is none for ${platform} on ${arch}`);
	const name = `k6-v${k6Version}-${system}-${machine}`;
	const archive = `${name}.${system === "linux" ? "tar.gz" : "zip"}`;
	const base = `https://github.com/grafana/k6/releases/download/v${k6Version}`;
	const expected = (await (await fetchOk(fetch, `${base}/k6-v${k6Version}-checksums.txt`, 5e3)).text()).split("\n").map((line) => line.trim().split(/\s+/)).find(([, file]) => file === archive)?.[0];
	if (expected == null) throw new Error(`no checksum is published for ${archive}`);
	report(`downloading ${archive}`);
	const bytes = Buffer.from(await (await fetchOk(fetch, `${base}/${archive}`, 12e4)).arrayBuffer());
	const sum = createHash("sha256").update(bytes).digest("hex");
	if (sum !== expected) throw new Error(`${archive} has the SHA-256 ${sum}, expected ${expected}`);
	const file = join(room, archive);
	await writeFile(file, bytes);
	const { code, output } = await runProgram("tar", [
		"-xf",
		file,
		"-C",
		room
	], { timeout: 3e5 });
	if (code !== 0) throw new Error(`tar could not unpack ${archive}: ${output.trim()}`);
	return join(room, name, executable);
}
async function fetchOk(fetch, url, timeout) {
	const response = await fetch(url, { signal: AbortSignal.timeout(timeout) });
	if (!response.ok) throw new Error(`${url} answered ${response.status}`);
	return response;
}
// ../load-tests/tool/k6.mjs
const oldest = [1, 8];
var K6NotFoundError = class extends Error {
	constructor(attempts) {
		super([
			`expected k6 ${oldest.join(".")} or newer, or a way to get ${k6Version}; tried, in this order:`,
			...attempts.map((attempt) => `  - ${attempt}`),
			"Put k6 on the PATH (https://grafana.com/docs/k6/latest/set-up/install-k6/) or install Go 1.25 or newer, and run this again."
		].join("\n"));
		this.name = "K6NotFoundError";
	}
};
async function findK6(options = {}) {
	const { env = process.env, platform = process.platform, report = () => {}, install = true } = options;
	const executable = platform === "win32" ? "k6.exe" : "k6";
	const attempts = [];
	const found = [];
	for (const folder of (env["PATH"] ?? "").split(delimiter)) {
		if (folder === "") continue;
		const path = resolve(folder, executable);
		const version = await versionOf(path, env);
		if (version == null) continue;
		if (atLeast(version, oldest)) return {
			path,
			version,
			source: "path"
		};
		found.push(`${path} is ${version}`);
	}
	attempts.push(`the PATH: ${found.length === 0 ? "no k6 on it" : found.join(", ")}`);
	const folder = join(cacheFolder(env, platform), "sluice", "k6", `v${k6Version}`);
	const cached = join(folder, executable);
	const version = await versionOf(cached, env);
	if (version === "1.8.1") return {
		path: cached,
		version,
		source: "cache"
	};
	attempts.push(`the cache: ${version == null ? `no k6 in ${folder}` : `${cached} is ${version}`}`);
	if (!install) throw new K6NotFoundError([...attempts, "the release archive and Go: not asked for"]);
	for (const [source, get] of [["download", downloadK6], ["go", buildK6]]) {
		const room = join(folder, `.${randomUUID()}`);
		try {
			await mkdir(room, { recursive: true });
			const made = await get(room, executable, {
				...options,
				env,
				platform,
				report
			});
			await chmod(made, 493);
			await rename(made, cached);
			report(`k6 ${k6Version} is in ${folder}`);
			return {
				path: cached,
				version: k6Version,
				source
			};
		} catch (error) {
			const name = source === "go" ? `go install go.k6.io/k6@v${k6Version}` : "the release archive";
			attempts.push(`${name}: ${describe$1(error)}`);
		} finally {
			await rm(room, {
				recursive: true,
				force: true
			});
		}
	}
	throw new K6NotFoundError(attempts);
}
function describe$1(error) {
	if (!(error instanceof Error)) return String(error);
	const { cause } = error;
	return cause instanceof Error ? `${error.message} (${cause.message})` : error.message;
}
function cacheFolder(env, platform) {
	const home = env["HOME"] ?? env["USERPROFILE"] ?? homedir();
	if (env["XDG_CACHE_HOME"]) return env["XDG_CACHE_HOME"];
	if (platform === "darwin") return join(home, "Library", "Caches");
	if (platform === "win32") return env["LOCALAPPDATA"] ?? join(home, "AppData", "Local");
	return join(home, ".cache");
}
async function versionOf(path, env) {
	if (!await isFile(path)) return void 0;
	const { code, output } = await runProgram(path, ["version"], {
		env,
		timeout: 6e4
	});
	return code === 0 ? /\bv(\d+\.\d+\.\d+)/.exec(output)?.[1] : void 0;
}
async function isFile(path) {
	try {
		return (await stat(path)).isFile();
	} catch {
		return false;
	}
}
// src/contracts/run-load-test.ts
const contract = defineContract({ handle: jsonInput(rolloutHandleSchema) }, ["gate-result"]);
// core/src/load-test/summary.ts
const values = record(string(), unknown());
const handleSummaryShape = object({ metrics: record(string(), object({
	values,
	thresholds: record(string(), object({ ok: boolean() })).optional()
})) });
const machineReadableShape = object({ results: object({ metrics: array(object({
	name: string(),
	values
})) }) });
const exportShape = object({ metrics: record(string(), looseObject({ thresholds: record(string(), boolean()).optional() })) });
function parseLoadTestSummary(json) {
	const machineReadable = machineReadableShape.safeParse(json);
	if (machineReadable.success) {
		const { metrics } = machineReadable.data.results;
		return {
			metrics: Object.fromEntries(metrics.map(({ name, values }) => [name, numbers(values)])),
			thresholds: []
		};
	}
	const handled = handleSummaryShape.safeParse(json);
	if (handled.success) {
		const { metrics } = handled.data;
		return {
			metrics: mapValues(metrics, ({ values }) => numbers(values)),
			thresholds: Object.entries(metrics).flatMap(([metric, { thresholds = {} }]) => Object.entries(thresholds).map(([expression, { ok }]) => ({
				metric,
				expression,
				isMet: ok
			})))
		};
	}
	const exported = exportShape.safeParse(json);
	if (!exported.success) throw new Error(`expected a k6 summary, found ${JSON.stringify(json).slice(0, 100)}`);
	const { metrics } = exported.data;
	return {
		metrics: mapValues(metrics, numbers),
		thresholds: Object.entries(metrics).flatMap(([metric, { thresholds = {} }]) => Object.entries(thresholds).map(([expression, isCrossed]) => ({
			metric,
			expression,
			isMet: !isCrossed
		})))
	};
}
function numbers(values) {
	return Object.fromEntries(Object.entries(values).filter((entry) => typeof entry[1] === "number"));
}
function mapValues(record, map) {
	return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
// core/src/load-test/verdict.ts
const exitCodes = {
	97: "the cloud run failed or was aborted",
	98: "the progress of the cloud run could not be read",
	99: "thresholds were crossed",
	100: "setup() timed out",
	101: "teardown() timed out",
	102: "a timeout",
	103: "stopped by its REST API",
	104: "an invalid configuration",
	105: "aborted by a signal",
	106: "its REST API could not start",
	107: "the script threw an exception",
	108: "the script aborted the test",
	109: "k6 itself crashed",
	110: "the script failed the test"
};
const verdictCodes = [
	0,
	99,
	110
];
const largestDroppedShare = .1;
function expectVerdictCode(exitCode, lastLines) {
	if (verdictCodes.includes(exitCode)) return;
	const meaning = exitCodes[exitCode] ?? "an exit code that k6 does not document";
	throw new Error([`k6 ended with ${exitCode}: ${meaning}; nothing was decided`, ...lastLines].join("\n"));
}
function figuresOf({ metrics }) {
	const requests = metrics["http_reqs"];
	const durations = metrics["http_req_duration"];
	const failed = metrics["http_req_failed"];
	return {
		requests: requests?.["count"] ?? 0,
		requestsPerSecond: requests?.["rate"] ?? 0,
		failedShare: failed?.["rate"] ?? failed?.["value"] ?? 0,
		p95Milliseconds: durations?.["p(95)"] ?? 0,
		p99Milliseconds: durations?.["p(99)"] ?? 0,
		droppedIterations: metrics["dropped_iterations"]?.["count"] ?? 0
	};
}
function decideLoadTest(exitCode, summary) {
	const figures = figuresOf(summary);
	const numbers = `${figures.requests} requests, ${percent(figures.failedShare)} failed, p95 ${figures.p95Milliseconds.toFixed(1)} ms`;
	const crossed = summary.thresholds.filter(({ isMet }) => !isMet);
	if (figures.requests === 0) return {
		outcome: "inconclusive",
		reason: "k6 made no requests: nothing was tested"
	};
	if (crossed.length > 0) return {
		outcome: "fail",
		reason: `${crossed.map((threshold) => describe(threshold, summary)).join("; ")} (${numbers})`
	};
	if (exitCode !== 0) return {
		outcome: "fail",
		reason: `k6: ${exitCodes[exitCode] ?? exitCode} (${numbers})`
	};
	if (summary.thresholds.length === 0) return {
		outcome: "inconclusive",
		reason: `the summary names no threshold, so none was met (${numbers})`
	};
	const iterations = summary.metrics["iterations"]?.["count"] ?? 0;
	const dropped = figures.droppedIterations / Math.max(1, iterations + figures.droppedIterations);
	if (dropped > largestDroppedShare) return {
		outcome: "inconclusive",
		reason: `k6 could not keep the rate: ${percent(dropped)} of the iterations never began (${numbers})`
	};
	return {
		outcome: "pass",
		reason: `${numbers}; all ${summary.thresholds.length} thresholds met`
	};
}
function describe({ metric, expression }, { metrics }) {
	const name = /^[^<>=!]+/.exec(expression)?.[0].trim() ?? "";
	const values = metrics[metric] ?? {};
	const measured = values[name] ?? (name === "rate" ? values["value"] : void 0);
	return `${metric} ${expression} was not met${measured == null ? "" : `, measured ${Number(measured.toPrecision(4))}`}`;
}
function percent(share) {
	return `${Number((100 * share).toPrecision(3))} %`;
}
// src/runner/load-test.ts
const timeoutMilliseconds = 144e5;
function scenarioFile(root, service, scenario) {
	const candidates = [join(root, "load-tests", service, `${scenario}.ts`), join(root, "load-tests", `${scenario}.ts`)];
	const file = candidates.find((path) => existsSync(path));
	if (file == null) throw new ConfigurationError(`expected the k6 scenario ${scenario} at ${candidates.join(" or ")}, found neither`);
	return file;
}
async function runLoadTest(k6, file, url, { duration, rate }, slo, onLine) {
	const room = await mkdtemp(join(tmpdir(), "sluice-k6-"));
	try {
		const exported = join(room, "summary.json");
		const { exitCode, hasTimedOut, lastLines } = await runChild(k6, [
			"run",
			"--quiet",
			"--no-color",
			"--no-usage-report",
			"--address=",
			`--summary-export=${exported}`,
			`--summary-trend-stats=avg,min,med,max,p(90),p(95),p(99),count`,
			file
		], {
			cwd: room,
			env: environmentForTests(process.env, {
				BASE_URL: url,
				SLO_AVAILABILITY: String(slo.availability),
				SLO_LATENCY_PERCENT: String(slo.latency.percent),
				SLO_LATENCY_MS: String(slo.latency.under),
				...duration == null ? {} : { DURATION: String(duration) },
				...rate == null ? {} : { RATE: String(rate) }
			}),
			timeoutMilliseconds,
			onLine
		});
		if (hasTimedOut || exitCode == null) throw new Error(`k6 against ${url} was ended before it finished`);
		expectVerdictCode(exitCode, lastLines);
		const summary = parseLoadTestSummary(JSON.parse(await readFile(exported, "utf8")));
		return {
			...decideLoadTest(exitCode, summary),
			url,
			figures: figuresOf(summary),
			summary
		};
	} finally {
		await rm(room, {
			recursive: true,
			force: true
		});
	}
}
// src/run-load-test.ts
await runAction("Load test", async () => {
	const { handle } = readInputs(contract.inputs);
	const { service } = findService(await readDesiredState(), handle.environment, handle.service);
	const { loadTest, slo } = service;
	if (!loadTest) {
		await writeSummary(`### Load test: \`${handle.service}\` asks for none in ${handle.environment}`);
		return;
	}
	const file = scenarioFile(workspace(), handle.service, loadTest.scenario);
	const sides = loadTestSides(loadTest, handle);
	const k6 = await findK6({ report: (line) => info(line) });
	info(`k6 ${k6.version} from ${k6.source}`);
	const startedAt = new Date();
	const results = await Promise.all(sides.map(async ({ side, url }) => {
		return {
			...await runLoadTest(k6.path, file, url, loadTest, slo, (line) => info(`[${side}] ${line}`)),
			side
		};
	}));
	const gate = loadTestGate(loadTest.scenario, results, startedAt, new Date());
	await reportGate("Load test", gate, describeLoadTest(loadTest.scenario, results));
});
export {};
