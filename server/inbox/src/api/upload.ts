// Uploads one file. XMLHttpRequest, since fetch cannot tell how much of a body has left.
import { ApiError, problemOf, url } from "./client";
import type { Attachment } from "./types";

export const maxUploadBytes = 25 * 1024 * 1024;

export interface Upload {
  done: Promise<Attachment>;
  cancel(): void;
}

export function upload(shop: string, file: Blob, name: string, progress: (share: number) => void): Upload {
  const request = new XMLHttpRequest();
  const done = new Promise<Attachment>((resolve, reject) => {
    request.open("POST", url(["shops", shop, "attachments"], { name }));
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "text";
    request.upload.onprogress = (event) => {
      if (event.lengthComputable && event.total > 0) progress(event.loaded / event.total);
    };
    request.onload = () => {
      let body: unknown;
      try {
        body = JSON.parse(request.responseText);
      } catch {
        body = undefined;
      }
      if (request.status === 201 && body) resolve(body as Attachment);
      else reject(new ApiError(request.status, problemOf(body)));
    };
    request.onerror = () => reject(new ApiError(0, { code: "unreachable" }));
    request.onabort = () => reject(new ApiError(0, { code: "cancelled" }));
    request.send(file);
  });
  return { done, cancel: () => request.abort() };
}
