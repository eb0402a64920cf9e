import { describeSpeculatingVllm } from "./describe-speculating-vllm.ts";

describeSpeculatingVllm("vllm-ngram", "ngram");
