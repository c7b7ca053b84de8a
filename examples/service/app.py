"""Enrol, identify, verify and remove over HTTP.

One process owns the gallery; the work is done in threads, because the engine's kernels release the interpreter's lock.
``uvicorn app:app`` in this folder starts it; see the page "Serve over HTTP" for what it lacks.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, File, Form, HTTPException, Request, UploadFile
from fastapi.responses import JSONResponse

import fingerprint_engine as fe
from fingerprint_engine.limits import Limits

GALLERY = Path(os.environ.get("SERVICE_GALLERY", "service.gallery"))
DEADLINE_S = 2.0
UPLOAD = Limits(file_bytes=8_000_000, pixels=10_000_000, memory_bytes=200_000_000, seconds=5.0)
AT_ONCE = threading.BoundedSemaphore(4)
"""Requests that work at the same time; the next one is told to come again."""
STATUS = {
    fe.DuplicateKey: 409,
    fe.UnknownKey: 404,
    fe.FailureToExtract: 422,
    fe.ImageError: 415,
    fe.IncompatibleTemplates: 409,
    fe.GalleryError: 503,
}


@contextlib.asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Compile what is needed before the first request, and close the gallery after the last."""
    fe.warm_up()
    with fe.Gallery.open(GALLERY) as gallery:
        app.state.gallery = gallery
        yield


app = FastAPI(title="fingerprints", lifespan=lifespan)


@app.exception_handler(fe.FingerprintEngineError)
def refused(_: Request, error: fe.FingerprintEngineError) -> JSONResponse:
    """Whatever the engine refuses, with its reason; anything else is a fault of ours and stays a 500."""
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)
    return JSONResponse({"error": type(error).__name__, "detail": str(error)}, status)


@contextlib.contextmanager
def turn() -> Iterator[None]:
    """A place among those who work at the same time."""
    if not AT_ONCE.acquire(blocking=False):
        raise HTTPException(503, "busy; come again", {"Retry-After": "1"})
    try:
        yield
    finally:
        AT_ONCE.release()


def template_of(upload: UploadFile, ppi: float | None) -> fe.Template:
    """The template of an uploaded image."""
    return fe.extract(fe.load_image(upload.file, ppi=ppi, limits=UPLOAD))


Ppi = Annotated[float | None, Form()]


@app.get("/health")
def health(request: Request) -> dict[str, Any]:
    """Whether the service answers, and how many prints it holds."""
    return {"status": "ok", "prints": len(request.app.state.gallery), "engine": fe.__version__}


@app.put("/prints/{key}", status_code=201)
def enrol(request: Request, key: str, image: Annotated[UploadFile, File()], ppi: Ppi = None) -> dict[str, Any]:
    """Enrol a print; it is on the disk when this answers."""
    with turn():
        template = template_of(image, ppi)
        request.app.state.gallery.enrol(key, template)
    return {"key": key, "minutiae": len(template), "quality": template.quality}


@app.delete("/prints/{key}", status_code=204)
def remove(request: Request, key: str) -> None:
    """Remove a print, and its bytes from all files."""
    with turn():
        request.app.state.gallery.remove(key)
        request.app.state.gallery.compact()


@app.post("/identify")
def identify(
    request: Request, image: Annotated[UploadFile, File()], ppi: Ppi = None, max_fpir: Annotated[float, Form()] = 1e-3
) -> dict[str, Any]:
    """Candidates and a receipt of what was searched."""
    with turn():
        probe = template_of(image, ppi)
        found = request.app.state.gallery.identify(probe, max_fpir=max_fpir, max_candidates=5, deadline_s=DEADLINE_S)
    return found.as_dict()


@app.post("/verify")
def verify(
    first: Annotated[UploadFile, File()],
    second: Annotated[UploadFile, File()],
    ppi: Ppi = None,
    max_fmr: Annotated[float, Form()] = 1e-4,
) -> dict[str, Any]:
    """Whether two prints are of one finger."""
    with turn():
        return fe.verify(template_of(first, ppi), template_of(second, ppi), max_fmr=max_fmr).as_dict()
