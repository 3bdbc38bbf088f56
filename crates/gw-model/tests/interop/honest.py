"""Writes honest pickles of what people keep in files, in every protocol."""

import array
import collections
import datetime
import decimal
import enum
import fractions
import pathlib
import pickle
import random
import re
import sys
import uuid
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import scipy.sparse
import scipy.stats
from sklearn import (
    calibration, cluster, compose, covariance, cross_decomposition, decomposition, discriminant_analysis, dummy,
    ensemble, feature_extraction, feature_selection, gaussian_process, impute, isotonic, kernel_approximation,
    kernel_ridge, linear_model, manifold, mixture, model_selection, multiclass, multioutput, naive_bayes, neighbors,
    neural_network, pipeline, preprocessing, random_projection, semi_supervised, svm, tree,
)

out = Path(sys.argv[1])
rng = np.random.default_rng(7)
X = rng.normal(size=(60, 4))
y = (X[:, 0] + X[:, 1] > 0).astype(int)
z = X[:, 0] * 2 + X[:, 1]


def ordinary():
    yield "nothing", None
    yield "numbers", [0, 1, -1, 255, 65535, 2**31, -(2**31), 2**70, -(2**70), 1.5, float("inf"), True, False, 1j]
    yield "texts", ["", "a", "é\ud800", "x" * 300, "x" * 70000, "'\"\\\n\t", b"", b"\x00\xff" * 200, bytearray(b"abc")]
    yield "containers", [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), {1: {2: {3: 4}}}, {1, 2}, frozenset([3]), [[[]]]]
    yield "many", list(range(5000))
    yield "table", {f"key {i}": i for i in range(5000)}
    loop = []
    loop.append(loop)
    yield "loop", loop
    yield "collections", [
        collections.OrderedDict(a=1), collections.Counter("abca"), collections.defaultdict(list, {1: [2]}),
        collections.deque([1, 2], 5), collections.ChainMap({1: 2}), collections.UserDict({1: 2}),
    ]
    yield "times", [
        datetime.datetime.now(), datetime.date.today(), datetime.timedelta(1, 2, 3), datetime.time(1, 2),
        datetime.datetime.now(datetime.timezone.utc), datetime.timezone(datetime.timedelta(hours=2)),
    ]
    yield "values", [
        decimal.Decimal("1.5"), fractions.Fraction(1, 3), uuid.UUID(int=5), pathlib.PurePosixPath("a/b"),
        range(3), slice(1, 2), ..., NotImplemented, type(None), re.compile("a+"), array.array("d", [1.0]),
        random.Random(5), ValueError("x"), KeyError("y"), int, dict, object(),
    ]


def arrays():
    for kind in ["f4", "f8", "i1", "i8", "u2", "c16", "?", "U5", "S5", "M8[D]", "m8[s]", ">f8", "f2"]:
        yield f"array-{kind.strip('>?')}{'-big' if kind[0] == '>' else ''}", np.zeros((3, 2), dtype=kind)
    yield "array-objects", np.array(["a", {"b": 1}, None], dtype=object)
    yield "array-record", np.zeros(3, dtype=[("a", "f8"), ("b", "U3"), ("c", "i4", (2,))])
    yield "array-fortran", np.asfortranarray(X)
    yield "array-masked", np.ma.masked_array([1, 2], mask=[True, False])
    yield "array-matrix", np.matrix([[1, 2]])
    yield "scalars", [np.float64(1.5), np.int32(3), np.bool_(True), np.str_("a"), np.datetime64("2020-01-01"), np.complex64(1j)]
    yield "dtypes", [np.dtype("f8"), np.dtype([("a", "i4")]), np.float32, np.ndarray]
    yield "ufuncs", [np.log1p, np.add, np.mean]
    yield "generators", [np.random.RandomState(3), np.random.default_rng(3), np.random.Generator(np.random.MT19937(1)), np.random.Generator(np.random.Philox(1)), np.random.Generator(np.random.SFC64(1)), np.random.SeedSequence(4)]
    yield "polynomial", [np.polynomial.Polynomial([1, 2]), np.poly1d([1, 2])]


def frames():
    yield "frame", pd.DataFrame({"a": [1, 2], "b": ["x", "y"], "c": [1.5, None], "d": pd.to_datetime(["2020-01-01", "2020-01-02"])})
    yield "series", pd.Series([1, 2, 3], index=list("abc"), name="n")
    yield "categories", pd.DataFrame({"a": pd.Categorical(["x", "y", "x"])})
    yield "multi", pd.DataFrame({"a": [1, 2]}, index=pd.MultiIndex.from_tuples([(1, "a"), (2, "b")]))
    yield "nullable", pd.DataFrame({"a": pd.array([1, None], dtype="Int64"), "b": pd.array(["x", None], dtype="string"), "c": pd.array([True, None], dtype="boolean"), "d": pd.array([1.5, None], dtype="Float64")})
    yield "indexes", [pd.RangeIndex(3), pd.Index([1, 2]), pd.date_range("2020-01-01", periods=3), pd.period_range("2020-01", periods=3, freq="M"), pd.timedelta_range("1D", periods=3), pd.interval_range(0, 3), pd.CategoricalIndex(["a"])]
    yield "moments", [pd.Timestamp("2020-01-01"), pd.Timestamp("2020-01-01", tz="UTC"), pd.Timedelta("1D"), pd.Period("2020-01"), pd.NaT, pd.NA, pd.Interval(0, 1), pd.offsets.MonthEnd(2), pd.offsets.BusinessDay()]
    yield "sparse-frame", pd.DataFrame({"a": pd.arrays.SparseArray([0, 0, 1])})


def sparse():
    for kind in ["csr", "csc", "coo", "lil", "dok", "dia", "bsr"]:
        yield f"matrix-{kind}", scipy.sparse.random(5, 5, density=0.3, format=kind, random_state=1)
    yield "array-csr", scipy.sparse.csr_array(np.eye(3))
    yield "frozen", scipy.stats.norm(1, 2)
    yield "uniform", [scipy.stats.uniform(0, 1), scipy.stats.randint(1, 5)]
    yield "kde", scipy.stats.gaussian_kde([1.0, 2.0, 4.0])


def estimators():
    classifiers = [
        linear_model.LogisticRegression(), linear_model.SGDClassifier(), linear_model.Perceptron(),
        linear_model.PassiveAggressiveClassifier(), linear_model.RidgeClassifier(), svm.SVC(probability=True), svm.LinearSVC(),
        svm.NuSVC(), tree.DecisionTreeClassifier(), tree.ExtraTreeClassifier(), ensemble.RandomForestClassifier(5),
        ensemble.ExtraTreesClassifier(5), ensemble.GradientBoostingClassifier(n_estimators=5), ensemble.AdaBoostClassifier(n_estimators=5),
        ensemble.BaggingClassifier(n_estimators=3), ensemble.HistGradientBoostingClassifier(max_iter=3),
        ensemble.VotingClassifier([("a", linear_model.LogisticRegression()), ("b", naive_bayes.GaussianNB())]),
        ensemble.StackingClassifier([("a", linear_model.LogisticRegression())]), naive_bayes.GaussianNB(), naive_bayes.BernoulliNB(),
        neighbors.KNeighborsClassifier(algorithm="kd_tree"), neighbors.KNeighborsClassifier(algorithm="ball_tree"),
        neighbors.NearestCentroid(), neighbors.RadiusNeighborsClassifier(50.0), neural_network.MLPClassifier((5,), max_iter=5),
        discriminant_analysis.LinearDiscriminantAnalysis(), discriminant_analysis.QuadraticDiscriminantAnalysis(),
        gaussian_process.GaussianProcessClassifier(), calibration.CalibratedClassifierCV(svm.LinearSVC(), cv=2),
        multiclass.OneVsRestClassifier(svm.LinearSVC()), multiclass.OneVsOneClassifier(svm.LinearSVC()), dummy.DummyClassifier(),
        semi_supervised.LabelPropagation(), model_selection.GridSearchCV(svm.SVC(), {"C": [1, 2]}, cv=2),
        model_selection.RandomizedSearchCV(svm.SVC(), {"C": scipy.stats.uniform(1, 2)}, n_iter=2, cv=2),
        pipeline.make_pipeline(preprocessing.StandardScaler(), linear_model.LogisticRegression()),
    ]
    for index, model in enumerate(classifiers):
        yield f"classifier-{index:02}-{type(model).__name__}", model.fit(X, y)
    regressors = [
        linear_model.LinearRegression(), linear_model.Ridge(), linear_model.RidgeCV(), linear_model.Lasso(), linear_model.LassoCV(cv=2), linear_model.ElasticNet(),
        linear_model.BayesianRidge(), linear_model.HuberRegressor(), linear_model.SGDRegressor(), linear_model.Lars(),
        linear_model.TweedieRegressor(power=0), linear_model.QuantileRegressor(solver="highs"), linear_model.RANSACRegressor(), linear_model.TheilSenRegressor(),
        svm.SVR(), tree.DecisionTreeRegressor(), ensemble.RandomForestRegressor(5), ensemble.GradientBoostingRegressor(n_estimators=5, loss="huber"),
        ensemble.HistGradientBoostingRegressor(max_iter=3, loss="absolute_error"), ensemble.HistGradientBoostingRegressor(max_iter=3, loss="quantile", quantile=0.3),
        gaussian_process.GaussianProcessRegressor(gaussian_process.kernels.RBF() + gaussian_process.kernels.WhiteKernel()),
        kernel_ridge.KernelRidge(), neighbors.KNeighborsRegressor(metric="manhattan", algorithm="ball_tree"), neural_network.MLPRegressor((5,), max_iter=5),
        cross_decomposition.PLSRegression(), isotonic.IsotonicRegression(), dummy.DummyRegressor(), multioutput.MultiOutputRegressor(linear_model.Ridge()),
        compose.TransformedTargetRegressor(linear_model.Ridge(), func=np.exp, inverse_func=np.log),
    ]
    for index, model in enumerate(regressors):
        name = type(model).__name__
        target = np.c_[z, z] if name == "MultiOutputRegressor" else z
        data = X[:, 0] if name == "IsotonicRegression" else X
        yield f"regressor-{index:02}-{name}", model.fit(data, target)
    others = [
        cluster.KMeans(2), cluster.MiniBatchKMeans(2), cluster.DBSCAN(), cluster.AgglomerativeClustering(), cluster.Birch(), cluster.MeanShift(),
        cluster.SpectralClustering(2), cluster.OPTICS(), cluster.HDBSCAN(), decomposition.PCA(2), decomposition.NMF(2), decomposition.FastICA(2), decomposition.TruncatedSVD(2),
        decomposition.KernelPCA(2), decomposition.FactorAnalysis(2), decomposition.LatentDirichletAllocation(2), mixture.GaussianMixture(2), mixture.BayesianGaussianMixture(n_components=2),
        manifold.TSNE(perplexity=5), manifold.Isomap(), manifold.LocallyLinearEmbedding(), preprocessing.StandardScaler(), preprocessing.MinMaxScaler(), preprocessing.RobustScaler(),
        preprocessing.OneHotEncoder(), preprocessing.OrdinalEncoder(), preprocessing.PolynomialFeatures(), preprocessing.KBinsDiscretizer(3), preprocessing.QuantileTransformer(n_quantiles=5),
        preprocessing.PowerTransformer(), preprocessing.SplineTransformer(), preprocessing.FunctionTransformer(np.log1p), preprocessing.Normalizer(),
        impute.SimpleImputer(), impute.KNNImputer(), feature_selection.VarianceThreshold(), covariance.EllipticEnvelope(), ensemble.IsolationForest(5), svm.OneClassSVM(),
        neighbors.LocalOutlierFactor(), neighbors.KernelDensity(), neighbors.NearestNeighbors(), kernel_approximation.RBFSampler(), random_projection.GaussianRandomProjection(2),
        compose.ColumnTransformer([("a", preprocessing.StandardScaler(), [0, 1]), ("b", "passthrough", slice(2, 4))]),
        ensemble.RandomTreesEmbedding(5),
    ]
    for index, model in enumerate(others):
        yield f"other-{index:02}-{type(model).__name__}", model.fit(np.abs(X))
    yield "selection", feature_selection.SelectKBest(k=2).fit(X, y)
    yield "rfe", feature_selection.RFE(linear_model.LogisticRegression()).fit(X, y)
    documents = ["a b c", "b c d", "the cat"]
    yield "words", feature_extraction.text.CountVectorizer().fit(documents)
    yield "tfidf", feature_extraction.text.TfidfVectorizer(stop_words="english").fit(documents)
    yield "hashing", feature_extraction.text.HashingVectorizer(n_features=16).fit(documents)
    yield "dicts", feature_extraction.DictVectorizer().fit([{"a": 1}, {"b": 2}])
    yield "labels", preprocessing.LabelEncoder().fit(["a", "b"])
    yield "binarizer", preprocessing.MultiLabelBinarizer().fit([["a"], ["b"]])


for source in [ordinary, arrays, frames, sparse]:
    for name, value in source():
        for protocol in range(6):
            try:
                data = pickle.dumps(value, protocol)
                plain = pickle._dumps(value, protocol)
            except (TypeError, pickle.PicklingError, ValueError):
                continue
            (out / f"{source.__name__}-{name}-{protocol}.pkl").write_bytes(data)
            (out / f"{source.__name__}-{name}-{protocol}-py.pkl").write_bytes(plain)
        joblib.dump(value, out / f"{source.__name__}-{name}.joblib")
for name, value in estimators():
    for protocol in (0, 2, 4, 5):
        (out / f"sklearn-{name}-{protocol}.pkl").write_bytes(pickle.dumps(value, protocol))
    joblib.dump(value, out / f"sklearn-{name}.joblib")
