"""Which tools a message names, under which spellings, what they are to the person, and names that have no record."""

from __future__ import annotations

import pytest

from assistant.language.model import Context


@pytest.mark.parametrize(
    ("text", "tool", "role"),
    [
        ("We run Airflow for everything, which experiment tracker fits?", "airflow", "existing_stack"),
        ("Everything we ship today is TensorFlow", "tensorflow", "existing_stack"),
        ("Inference currently goes through ONNX Runtime; is TensorRT worth it?", "onnxruntime", "existing_stack"),
        ("My pipeline is built around Dask, would Ray be any better?", "dask", "existing_stack"),
        ("given that we already pay for Prefect, is Dagster worth it", "prefect", "existing_stack"),
        ("at work everybody logs to wandb", "wandb", "existing_stack"),
        ("Kubeflow has been running here since 2021, what would you add?", "kubeflow", "existing_stack"),
        ("how do I serve a keras model on kubernetes?", "keras", "existing_stack"),
        ("Legacy code base: TensorFlow and Keras", "tensorflow", "existing_stack"),
        ("moving our training code over from TensorFlow to JAX", "tensorflow", "migrating_from"),
        ("thinking of dumping Airflow for Dagster", "airflow", "migrating_from"),
        ("we no longer use Spark and moved to Polars", "spark", "migrating_from"),
        ("we no longer use Spark and moved to Polars", "polars", "existing_stack"),
        ("something lighter than airflow for four jobs", "airflow", "migrating_from"),
        ("legal vetoed Ultralytics", "ultralytics", "avoid"),
        ("LangChain is a non-starter here", "langchain", "avoid"),
        ("nothing based on TensorFlow or Keras please", "keras", "avoid"),
        ("a colleague suggested Dagster", "dagster", "considering"),
        ("Can Triton serve an XGBoost model beside a TensorRT one?", "tensorrt", "considering"),
    ],
)
def test_roles_come_from_what_stands_around_a_tool(text, tool, role, told):
    assert (tool, role) in {(mention.tool, mention.role) for mention in told(text).mentions}


@pytest.mark.parametrize(
    "text",
    [
        "we want to use pytorch for our model in production",
        "I'm new to RL and find tianshou nice to add my own code to",
        "the course I follow uses pytorch",
        "there is tianshou out already",
        "should our team switch to pytorch?",
    ],
)
def test_what_is_wished_or_read_about_is_not_in_use(text, told):
    assert "existing_stack" not in {mention.role for mention in told(text).mentions}


@pytest.mark.parametrize(
    ("said", "tool"),
    [
        ("sklearn", "scikit-learn"), ("tf", "tensorflow"), ("tf 1.15", "tensorflow1"), ("tf lite", "tflite"),
        ("hf transformers", "transformers"), ("xgb", "xgboost"), ("lgbm", "lightgbm"), ("pt lightning", "lightning"),
        ("Lightning", "lightning"), ("spark mllib", "spark-mllib"), ("spark", "spark"), ("vertex", "vertex-ai"),
        ("sage maker", "sagemaker"), ("yolo v8", "ultralytics"), ("yolo11", "ultralytics"), ("bento", "bentoml"),
        ("ort", "onnxruntime"), ("sb3", "sb3"), ("pyg", "pyg"), ("w&b", "wandb"), ("llama cpp", "llama-cpp"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("frame", ["we run {} in production today", "is {} or catboost better?"])
def test_names_are_known_as_people_write_them(said, tool, frame, told):
    assert tool in {mention.tool for mention in told(frame.format(said)).mentions}


@pytest.mark.parametrize(
    "text",
    [
        "our keyword search misses synonyms", "the max text length is 512", "fifty one images were blurred",
        "why logs are missing is unclear", "a text blob column holds the notes", "we look for a face recognition library",
        "the vertex of the graph", "a bento box for lunch", "we set fit and finish as goals", "lora on a 7b model",
        "we use ground truth labels", "use it together with care",
    ],
)  # fmt: skip
def test_words_of_the_trade_are_no_tools(text, told):
    utterance = told(text)

    assert not utterance.mentions
    assert not utterance.unknown


@pytest.mark.parametrize(
    ("text", "name", "near"),
    [
        ("Feast or Tecton for online features?", "Tecton", "feast"),
        ("is Temporal better than Airflow?", "Temporal", "airflow"),
        ("should we go with DataRobot?", "DataRobot", "h2o"),
        ("is Grafana any good for drift?", "Grafana", "prometheus"),
        ("is resnet50 still good for photos", "resnet50", "timm"),
        ("can we move from MATLAB to StyleTTS2", "StyleTTS2", "kokoro"),
    ],
)
def test_well_known_names_without_a_record_are_named_back_with_what_comes_near(text, name, near, told):
    found = {unknown.text: unknown.nearest for unknown in told(text).unknown}

    assert near in found.get(name, ())


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("existing stack is Snowflake + dbt + Java microservices", {"snowflake", "dbt"}),
        ("our lab has 7 students, slurm, no admin rights", {"slurm"}),
        ("fraud scoring in a java shop (kafka + flink)", {"kafka", "flink"}),
        ("everything is provisioned with Terraform, CI is Jenkins", {"terraform", "jenkins"}),
        ("reports are made in Power BI today", {"power-bi"}),
        ("we have Solr running today and could keep it", {"solr"}),
        ("has to read from our SQL Server", {"sql-server"}),
    ],
)
def test_what_people_have_around_a_model_is_in_use_though_nobody_recommends_it(text, names, told):
    utterance = told(text)

    assert names == {fact.value for fact in utterance.facts if fact.slot == "existing_stack"}
    assert not utterance.unknown  # so there is nothing to be named back


@pytest.mark.parametrize(
    "text",
    [
        "should we go with Tableau?", "is Snowflake faster than Redshift", "alternatives to Terraform",
        "we excel at this kind of work and are proud of it",
        "the oracle said a sap tree would fall like a snowflake", "does vllm need WSL on windows?", "rails and flasks",
    ],
)  # fmt: skip
def test_a_service_that_is_asked_about_is_not_in_use(text, told):
    assert "existing_stack" not in {fact.slot for fact in told(text).facts}


@pytest.mark.parametrize(
    ("text", "tool", "role"),
    [
        ("Is Prophet abandoned? Our quarterly planning depends on it", "prophet", "existing_stack"),
        ("Is theano dead for good? we've got a thesis depending on it", "theano", "existing_stack"),
        ("We have Elasticsearch running today and could keep it or drop it", "elasticsearch", "existing_stack"),
        ("We are on Databricks with Spark, do not tell me to move off it", "spark", "existing_stack"),
        ("9 endpoints, mostly xgboost, on four servers; Triton or BentoML?", "xgboost", "existing_stack"),
        ("Airflow or Prefect, no kubernetes and we do not want it", "prefect", "considering"),
    ],
)
def test_roles_are_told_by_words_that_no_cue_lists(text, tool, role, told):
    assert (tool, role) in {(mention.tool, mention.role) for mention in told(text).mentions}


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("Between Feast and Tecton, what do you say?", "compare"),
        ("tell me about KNIME", "about"),
        ("is Ludwig still maintained?", "status"),
        ("alternatives to DataRobot?", "alternatives"),
    ],
)
def test_a_name_without_a_record_does_not_hide_what_is_asked(text, act, told):
    assert act in {found.act for found in told(text).acts}


def test_a_name_without_a_record_is_not_taken_for_the_tool_in_focus(told, lexicon):
    acts = told("tell me about Foobarium", Context(tools=("jax",), act="about")).acts

    assert [(act.act, act.tools) for act in acts] == [("about", ())]
    for group in lexicon.unrecorded:
        assert set(group.near) <= set(lexicon.knowledge.tools)
