import { describeSpeculatingVllm } from "./describe-speculating-vllm.ts";

describeSpeculatingVllm("vllm-draft-model", "draft_model");
