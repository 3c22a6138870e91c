import { $ as isStatus, $t as names, Ct as setOutputs, Dt as findService, Ht as writeSummary, Kt as roleInput, Mt as formatImageReference, P as isPerson, Pn as describeDuration, Pt as parseImageReference, Q as gitHub, Rt as systemClock, S as decideEligibility, St as runAction, Wt as defineContract, Xt as awsClients, Z as currentRun, a as readRunningRelease, c as configurationPaths, ht as roleToAssume, i as readReleaseChange, j as bundleSha256, k as listDeployments, kt as readDesiredState, l as configurationSince, m as isOf, p as asRun, q as findDecision, r as readConfigurationChange, u as readBundle, w as promotionBranch, wt as readInputs, x as freezeOf, xt as failStep } from "./shared/sluice.mjs";
import { O as string } from "./shared/vendor.mjs";
import { f as require_dist_cjs } from "./shared/aws.mjs";
// core/src/promotion/approval.ts
function decideApproval(facts) {
	const { bundle, now } = facts;
	const reasons = [];
	const recomputed = bundleSha256(bundle);
	if (recomputed !== facts.shownSha256) reasons.push(`the evidence was altered after it was shown: expected sha256:${facts.shownSha256}, found sha256:${recomputed}`);
	const age = (now.getTime() - Date.parse(bundle.createdAt)) / 1e3;
	const { approvalTtlSeconds, approvals: needed } = bundle.promotion;
	if (age > approvalTtlSeconds) reasons.push(`the evidence is ${describeDuration(age)} old, approvals count for ${describeDuration(approvalTtlSeconds)}: run the workflow again for new evidence`);
	const { approvers, refused } = countApprovers(facts);
	if (approvers.length < needed) reasons.push([`expected the approval of ${needed} people, found ${approvers.length}${listed(approvers)}`, ...refused].join("; "));
	if (needed > 0 && !facts.peopleComplete) reasons.push("the authors of the change could not all be listed, so no approver is known to be none of them");
	if (needed > 0 && !facts.configurationComplete) reasons.push("the authors of the configuration could not all be listed, so no approver is known to be none of them");
	if (facts.runningImage !== bundle.from?.image) reasons.push(`expected ${bundle.from?.image ?? "nothing"} to run, as the evidence says, found ${facts.runningImage ?? "nothing"}`);
	if (facts.wantedImage !== bundle.to.image) reasons.push(`main names ${facts.wantedImage} by now, not ${bundle.to.image}: a newer promotion took its place`);
	if (!facts.digestInRegistry) reasons.push(`${bundle.to.image} is not in the registry any more`);
	reasons.push(...facts.ineligible);
	return {
		approved: reasons.length === 0,
		approvers,
		reasons
	};
}
function countApprovers(facts) {
	const approvers = new Set();
	const refused = new Set();
	for (const { login, by } of facts.approvals) {
		const why = refuse(login, by, facts);
		if (why == null) approvers.add(login);
		else refused.add(`${login} does not count: ${why}`);
	}
	return {
		approvers: [...approvers].sort(),
		refused: [...refused]
	};
}
function refuse(login, by, facts) {
	if (login.endsWith("[bot]")) return "a bot approves nothing";
	if (facts.people.some((person) => isPerson(login, person))) return "an author of the change";
	if (facts.configurationPeople.some((person) => isPerson(login, person))) return "an author of its configuration";
	if (facts.pullRequestOpener?.toLowerCase() === login.toLowerCase()) return "opened the pull request";
	const started = facts.starters.some((starter) => starter.toLowerCase() === login.toLowerCase());
	return by === "environment" && started ? "started this run" : void 0;
}
function listed(names) {
	return names.length === 0 ? "" : ` (${names.join(", ")})`;
}
// src/contracts/verify-approval.ts
const contract = defineContract({
	bundle: string(),
	"bundle-sha256": string().regex(/^[0-9a-f]{64}$/, "expected 64 hex digits"),
	role: roleInput.optional(),
	token: string()
}, ["approvers"]);
// src/promotion/describe-approval.ts
function describeApproval(bundle, decision) {
	const { approved, approvers, reasons } = decision;
	const by = approvers.length === 0 ? "no approval, and none is needed" : `the approval of ${approvers.join(", ")}`;
	return [
		approved ? `### ✅ Approved\n\nVerified with ${by}.` : "### ❌ Not approved: a new approval is needed",
		"",
		...reasons.map((reason) => `- ${reason}`),
		...reasons.length > 0 ? [""] : [],
		`\`${bundle.to.image}\` to ${bundle.environment}, evidence \`sha256:${bundleSha256(bundle)}\` of ${bundle.createdAt}.`
	].join("\n");
}
// src/github/approvals.ts
async function listEnvironmentApprovals(github, environment) {
	const { octokit, owner, repo } = github;
	const { data } = await octokit.rest.actions.getReviewsForRun({
		owner,
		repo,
		run_id: currentRun().id
	});
	return data.filter((review) => review.state === "approved" && review.environments.some(({ name }) => name === environment)).flatMap(({ user }) => user ? [{
		login: user.login,
		by: "environment"
	}] : []);
}
async function listStarters({ octokit, owner, repo }) {
	const { data } = await octokit.rest.actions.getWorkflowRun({
		owner,
		repo,
		run_id: currentRun().id
	});
	const logins = [data.actor?.login, data.triggering_actor?.login];
	return [...new Set(logins.filter((login) => login != null))];
}
async function findPromotionReview(github, branch, commit) {
	const { octokit, owner, repo } = github;
	const pull = await findMerged(github, branch) ?? await findMergedWith(github, commit);
	if (!pull) return void 0;
	const reviews = await octokit.paginate(octokit.rest.pulls.listReviews, {
		owner,
		repo,
		pull_number: pull.number,
		per_page: 100
	});
	const last = new Map();
	for (const review of reviews) if (review.user && review.state !== "COMMENTED") last.set(review.user.login, review);
	const approvals = [...last].filter(([, review]) => review.state === "APPROVED" && review.commit_id === pull.head.sha).map(([login]) => ({
		login,
		by: "review"
	}));
	return {
		number: pull.number,
		url: pull.html_url,
		opener: pull.user?.login ?? "unknown",
		approvals
	};
}
async function findMerged({ octokit, owner, repo }, branch) {
	const request = {
		owner,
		repo,
		state: "closed",
		base: "main",
		head: `${owner}:${branch}`,
		per_page: 20
	};
	const { data } = await octokit.rest.pulls.list(request);
	return data.filter(({ merged_at: mergedAt, head }) => mergedAt != null && head.ref === branch).toSorted((a, b) => (a.merged_at ?? "") < (b.merged_at ?? "") ? 1 : -1)[0];
}
async function findMergedWith({ octokit, owner, repo }, commit) {
	try {
		const request = {
			owner,
			repo,
			commit_sha: commit
		};
		const { data } = await octokit.rest.repos.listPullRequestsAssociatedWithCommit(request);
		return data.find(({ merged_at: mergedAt }) => mergedAt != null);
	} catch (error) {
		if (isStatus(error, 404, 422)) return void 0;
		throw error;
	}
}
// src/registry/image-exists.ts
var import_dist_cjs = require_dist_cjs();
async function imageExists(ecr, registryId, image) {
	try {
		const { imageDetails = [] } = await ecr.send(new import_dist_cjs.DescribeImagesCommand({
			registryId,
			repositoryName: image.repository,
			imageIds: [{ imageDigest: image.digest }]
		}));
		return imageDetails.some(({ imageDigest }) => imageDigest === image.digest);
	} catch (error) {
		if (error instanceof import_dist_cjs.ImageNotFoundException) return false;
		throw error;
	}
}
// src/promotion/gather-approval.ts
async function gatherApproval(request, state, now) {
	const { bundle } = request;
	const { environment, service } = bundle;
	const place = findService(state, environment, service);
	const { account, regions } = place.environment.environment;
	const role = roleToAssume(request.role, account, names.role.deploy(environment));
	const aws = awsClients({
		region: regions[0] ?? "",
		role
	});
	const artifacts = awsClients({
		region: state.project.artifacts.region,
		role
	});
	const github = gitHub(request.token);
	const image = parseImageReference(bundle.to.image);
	const { commit } = bundle.to;
	const branch = promotionBranch(environment, service, {
		...bundle.to,
		image
	});
	const [change, running, inRegistry, approvals, starters, review, decision, here] = await Promise.all([
		readReleaseChange(github, bundle.from?.commit || void 0, commit),
		readRunningRelease(aws.ecs, place.environment, service),
		imageExists(artifacts.ecr, state.project.artifacts.account, image),
		listEnvironmentApprovals(github, environment),
		listStarters(github),
		findPromotionReview(github, branch, process.env["GITHUB_SHA"] ?? commit),
		findDecision(github, {
			commit,
			digest: image.digest
		}, {
			environment,
			service
		}),
		listDeployments(github, environment, service)
	]);
	const configuration = await readConfigurationChange(github, {
		since: configurationSince(running && {
			image: running.image,
			commit: bundle.from?.commit
		}, here),
		head: process.env["GITHUB_SHA"] ?? commit,
		paths: configurationPaths(environment, service)
	});
	const runs = [...bundle.runs.filter((run) => run.environment !== environment), ...here.filter(isOf(image.digest)).slice(0, 3).map(asRun)];
	const known = {
		...bundle,
		gates: decision ? [decision] : [],
		runs
	};
	const freeze = freezeOf(state, environment, now);
	return {
		bundle,
		shownSha256: request.shownSha256,
		approvals: [...approvals, ...review?.approvals ?? []],
		people: change.commits.flatMap(({ people }) => people),
		peopleComplete: change.complete,
		configurationPeople: configuration.commits.flatMap(({ people }) => people),
		configurationComplete: configuration.complete,
		pullRequestOpener: review?.opener,
		starters,
		runningImage: running?.image,
		wantedImage: formatImageReference(place.service.release.image),
		digestInRegistry: inRegistry,
		ineligible: decideEligibility({
			bundle: known,
			freeze,
			now
		}).reasons,
		now
	};
}
// src/verify-approval.ts
await runAction("Verify approval", async () => {
	const inputs = readInputs(contract.inputs);
	const bundle = await readBundle(inputs.bundle);
	const decision = decideApproval(await gatherApproval({
		bundle,
		shownSha256: inputs["bundle-sha256"],
		role: inputs.role,
		token: inputs.token
	}, await readDesiredState(), systemClock.now()));
	setOutputs(contract, { approvers: decision.approvers.join(",") });
	await writeSummary(describeApproval(bundle, decision));
	if (!decision.approved) failStep(`${bundle.service} may not enter ${bundle.environment}`, decision.reasons.join("; "));
});
export {};
