// Files on their way into a message, per conversation. They are uploaded as soon as they are chosen and named by id
// when the message is sent.
import { signal } from "@preact/signals";
import { ApiError } from "../api/client";
import type { Attachment } from "../api/types";
import { maxUploadBytes, upload } from "../api/upload";

export interface Pending {
  key: number;
  name: string;
  size: number;
  /** Of a picture: what it looks like, straight from this computer. */
  preview?: string;
  progress: number;
  attachment?: Attachment;
  problem?: string;
}

const held = signal<ReadonlyMap<string, readonly Pending[]>>(new Map());
const cancels = new Map<number, () => void>();
const files = new Map<number, File>();
/** What was uploaded in this page, so that a message on its way shows its files before the log has them. */
const done = new Map<string, Attachment>();
let lastKey = 0;

export const maxFiles = 10;

export const uploadsOf = (conversation: string): readonly Pending[] => held.value.get(conversation) ?? [];
export const uploaded = (id: string): Attachment | undefined => done.get(id);

function change(conversation: string, next: readonly Pending[]): void {
  held.value = new Map(held.value).set(conversation, next);
}

function update(conversation: string, key: number, part: Partial<Pending>): void {
  change(
    conversation,
    uploadsOf(conversation).map((one) => (one.key === key ? { ...one, ...part } : one)),
  );
}

export function addFiles(shop: string, conversation: string, chosen: readonly File[]): void {
  const room = maxFiles - uploadsOf(conversation).length;
  for (const file of chosen.slice(0, Math.max(0, room))) {
    lastKey += 1;
    const one: Pending = { key: lastKey, name: file.name || "image.png", size: file.size, progress: 0 };
    if (/^image\/(png|jpeg|gif|webp|avif)$/.test(file.type)) one.preview = URL.createObjectURL(file);
    files.set(one.key, file);
    change(conversation, [...uploadsOf(conversation), one]);
    void run(shop, conversation, one.key);
  }
}

async function run(shop: string, conversation: string, key: number): Promise<void> {
  const file = files.get(key);
  if (!file) return;
  if (file.size > maxUploadBytes) return update(conversation, key, { problem: "too_large" });
  const started = upload(shop, file, file.name || "image.png", (progress) =>
    update(conversation, key, { progress }),
  );
  cancels.set(key, started.cancel);
  try {
    const attachment = await started.done;
    done.set(attachment.id, attachment);
    update(conversation, key, { attachment, progress: 1 });
  } catch (error) {
    update(conversation, key, { problem: error instanceof ApiError ? error.code : "unexpected" });
  } finally {
    cancels.delete(key);
  }
}

export function retryUpload(shop: string, conversation: string, key: number): void {
  change(
    conversation,
    uploadsOf(conversation).map((one) => {
      if (one.key !== key) return one;
      const { problem: _gone, ...again } = one;
      return { ...again, progress: 0 };
    }),
  );
  void run(shop, conversation, key);
}

export function removeUpload(conversation: string, key: number): void {
  cancels.get(key)?.();
  free(uploadsOf(conversation).filter((one) => one.key === key));
  change(
    conversation,
    uploadsOf(conversation).filter((one) => one.key !== key),
  );
}

export function clearUploads(conversation: string): void {
  free(uploadsOf(conversation));
  change(conversation, []);
}

function free(gone: readonly Pending[]): void {
  for (const one of gone) {
    files.delete(one.key);
    if (one.preview) URL.revokeObjectURL(one.preview);
  }
}
