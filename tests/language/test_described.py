"""Projects that are described: the task without its name, the act without a question, roles from both sides of a name."""

from __future__ import annotations

import pytest

ADVICE = {"inform", "recommend"}


def said(utterance, slot):
    return {fact.value for fact in utterance.facts if fact.slot == slot and not fact.negated}


@pytest.mark.parametrize(
    "text",
    [
        "Image classification",
        "Label 300 hours of dashcam video",
        "Detect rings of fake accounts in a graph with 2 million edges.",
        "Tune a CatBoost model on a server with 16 cores.",
        "Plan tours for 25 trucks, every evening. An optimisation problem.",
        "Our TensorFlow people must train with differential privacy.",
        "Expensive wet-lab experiments, which setting should be tried is the question",
        "Data validation in Python, the weekly CSV is often broken",
        "Old slides are blurry, we want to upscale the photos",
        "Cut out products from photos with a click, segmentation without training data",
        "node classification on a road graph with PyTorch",
        "On one H100, fine-tune an 8B model with 4,000 instruction pairs",
    ],
)
def test_a_described_project_is_told_and_asks_for_advice_and_does_nothing_else(text, told):
    assert {act.act for act in told(text).acts} == ADVICE


@pytest.mark.parametrize(
    "text", ["photos", "save photos to disk for training", "undo the damage of bad labels", "two models"]
)
def test_nothing_is_exported_or_thrown_away_on_a_likeness(text, told):
    assert not {act.act for act in told(text).acts} & {"export", "reset", "undo", "redo", "retract", "what_if"}


def test_why_alone_asks_only_why(told):
    assert [act.act for act in told("why?").acts] == ["why"]


@pytest.mark.parametrize(
    ("text", "slot", "value"),
    [
        ("segment kidneys and organs in scans", "task", "image_segmentation"),
        ("version 3 TB of images", "task", "data_versioning"),
        ("we have to serve 40 small models", "task", "model_serving"),
        ("sort incoming complaints and letters", "task", "text_classification"),
        ("group our shoppers into segments", "task", "clustering"),
        ("what does the coupon really do to sales", "task", "causal_inference"),
        ("estimate the claim severity", "task", "regression"),
        ("show the vectors in 2d", "task", "dimensionality_reduction"),
        ("no scan may ever leave the clinic", "privacy", "data_stays_local"),
        ("every rejection must be explained", "priorities", "interpretability"),
        ("a 13B chat model", "model_parameters", None),
        ("our GPU (24 GB) is free", "vram_bytes", None),
    ],
)
def test_what_is_described_is_understood(text, slot, value, told):
    found = said(told(text), slot)

    assert found and (value is None or value in found)


@pytest.mark.parametrize(
    ("text", "slot"),
    [
        ("a 20-node CPU cluster", "task"),
        ("the labels of 500 images are done", "task"),
        ("8 parameters can be set", "model_parameters"),
        ("deliveries have time windows", "os"),
        ("parts of sheet metal", "hardware"),
    ],
)
def test_what_only_sounds_alike_is_not(text, slot, told):
    assert not said(told(text), slot)


@pytest.mark.parametrize(
    ("text", "tool", "role"),
    [
        ("Forty TFX pipelines, all in production.", "tfx", "existing_stack"),
        ("Everything sits in Neo4j.", "neo4j-gds", "existing_stack"),
        ("tesseract + spaCy works fine for us", "tesseract", "existing_stack"),
        ("Kubeflow was hard to upgrade. We are leaving it.", "kubeflow", "migrating_from"),
        ("RLlib feels overengineered for our arm", "rllib", "migrating_from"),
        ("We tried Feast and hated it", "feast", "avoid"),
        ("Will JAX replace TensorFlow?", "tensorflow", "considering"),
        ("Is MMDetection dead?", "mmdetection", "asked_about"),
        ("Can a model trained in MLX run with PyTorch?", "mlx", "asked_about"),
    ],
)
def test_roles_are_told_from_both_sides_of_a_name(text, tool, role, told):
    assert {m.tool: m.role for m in told(text).mentions}[tool] == role


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("We have Stan models that take all night. Would NumPyro really be quicker?", "compare"),
        ("Running llama.cpp today, thinking about MLX. Any numbers for a 32B model?", "compare"),
        ("Coqui went under. What do we use now for German?", "alternatives"),
    ],
)
def test_a_question_does_what_the_tools_around_it_tell(text, act, told):
    assert act in {found.act for found in told(text).acts}


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Hear in recordings whether a pupil hits the right keys, from the phone's microphone", "image_classification"),
        ("Sort the shots of our wildlife cameras, most show nothing; photos by the million", "audio_classification"),
    ],
)
def test_a_guessed_task_works_on_what_the_data_is_said_to_be(text, wrong, told, lexicon):
    tasks = said(told(text), "task")
    assert wrong not in tasks
    modalities = said(told(text), "modality")
    for task in tasks & lexicon.guessing.works_on.keys():
        assert modalities & set(lexicon.guessing.works_on[task])


@pytest.mark.parametrize(
    ("text", "slot", "value"),
    [
        ("object detection is not what we need", "task", "object_detection"),
        ("forget the cloud", "deployment", "cloud"),
        ("GDPR does not apply", "privacy", "regulated"),
        ("none of us uses R", "language", "r"),
        ("cloud detection in satellite images", "deployment", "cloud"),
        ("our research showed that customers wait", "stage", "research"),
        ("large windows let in light", "os", "windows"),
    ],
)
def test_what_is_refused_or_only_sounds_alike_is_not_affirmed(text, slot, value, told):
    assert value not in said(told(text), slot)
