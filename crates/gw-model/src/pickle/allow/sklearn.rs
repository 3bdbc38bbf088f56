//! scikit-learn and packages that follow it: estimators, and the parts that they are made of. From
//! the classes that scikit-learn 1.9 defines, and those that releases since 0.17 pickled; modules
//! have moved often, so that a class counts anywhere in the package.

use super::Classes;

pub(super) const CLASSES: &[Classes] = &[
    Classes {
        packages: "sklearn",
        names: "\
            ARDRegression AbsoluteError AdaBoostClassifier AdaBoostRegressor AdamOptimizer \
            AdditiveChi2Sampler AffinityPropagation AgglomerationTransform \
            AgglomerativeClustering ArgKmin ArgKmin32 ArgKmin64 ArgKminClassMode \
            ArgKminClassMode32 ArgKminClassMode64 ArrayAPILossMixin ArraySlicingWrapper \
            AutoPropagatedCallback BLAS_Order BLAS_Trans BaggingClassifier BaggingRegressor \
            BallTree BallTree32 BallTree64 BaseBagging BaseCrossValidator BaseDecisionTree \
            BaseDistancesReduction32 BaseDistancesReduction64 BaseDistancesReductionDispatcher \
            BaseEnsemble BaseEstimator BaseForest BaseGradientBoosting BaseGraphicalLasso \
            BaseHistGradientBoosting BaseLabelPropagation BaseLibSVM BaseLink BaseLoss \
            BaseMixture BaseMultilayerPerceptron BaseOptimizer BaseRandomProjection BaseSGD \
            BaseSGDClassifier BaseSGDRegressor BaseSVC BaseSearchCV BaseShuffleSplit \
            BaseSpectral BaseSuccessiveHalving BaseThresholdClassifier BaseWeightBoosting \
            BayesianGaussianMixture BayesianRidge BernoulliNB BernoulliRBM BestFirstTreeBuilder \
            BestSparseSplitter BestSplitter BiclusterMixin Binarizer BinaryCrossEntropy \
            BinaryTree BinaryTree32 BinaryTree64 BinomialDeviance Birch BisectingKMeans \
            BrayCurtisDistance BrayCurtisDistance32 BrayCurtisDistance64 Bunch CCA \
            CalibratedClassifierCV CallbackContext CallbackSupportMixin CanberraDistance \
            CanberraDistance32 CanberraDistance64 CategoricalCrossEntropy CategoricalEncoder \
            CategoricalNB ChebyshevDistance ChebyshevDistance32 ChebyshevDistance64 \
            CheckingClassifier ClassNamePrefixFeaturesOutMixin ClassicalMDS Classification \
            ClassificationCriterion ClassificationLossFunction ClassifierChain ClassifierMixin \
            ClassifierTags ClusterMixin ColumnTransformer ComplementNB CompoundKernel \
            ConstantKernel ContainerAdaptersManager CountVectorizer Criterion CyAbsoluteError \
            CyExponentialLoss CyHalfBinomialLoss CyHalfGammaLoss CyHalfMultinomialLoss \
            CyHalfPoissonLoss CyHalfSquaredError CyHalfTweedieLoss CyHalfTweedieLossIdentity \
            CyHuberLoss CyLossFunction CyPinballLoss DBSCAN DPGMM DecisionTreeClassifier \
            DecisionTreeRegressor DenseDenseMiddleTermComputer32 DenseDenseMiddleTermComputer64 \
            DensePartitioner DensityMixin DepthFirstTreeBuilder DiceDistance DiceDistance32 \
            DiceDistance64 DictVectorizer DictionaryLearning DiscriminantAnalysisPredictionMixin \
            DistanceMetric DistanceMetric32 DistanceMetric64 DotProduct DrawTree DummyClassifier \
            DummyRegressor ElasticNet ElasticNetCV EllipticEnvelope EmpiricalCovariance Entropy \
            EpsilonInsensitive EuclideanArgKmin32 EuclideanArgKmin64 EuclideanDistance \
            EuclideanDistance32 EuclideanDistance64 EuclideanRadiusNeighbors32 \
            EuclideanRadiusNeighbors64 ExpSineSquared ExponentialLoss Exponentiation \
            ExtraTreeClassifier ExtraTreeRegressor ExtraTreesClassifier ExtraTreesRegressor \
            FactorAnalysis FastICA FeatureAgglomeration FeatureHasher FeatureUnion FiniteStatus \
            FitCallback FixedThresholdClassifier ForestClassifier ForestRegressor FriedmanMSE \
            FrozenEstimator FunctionTransformer GMM GammaRegressor GaussianMixture GaussianNB \
            GaussianProcess GaussianProcessClassifier GaussianProcessRegressor \
            GaussianRandomProjection GenericKernelMixin GenericUnivariateSelect Gini \
            GradientBoostingClassifier GradientBoostingRegressor GraphicalLasso GraphicalLassoCV \
            GridSearchCV GroupKFold GroupShuffleSplit GroupsConsumerMixin HDBSCAN \
            HalfBinomialLoss HalfBinomialLossArrayAPI HalfGammaLoss HalfLogitLink \
            HalfMultinomialLoss HalfMultinomialLossArrayAPI HalfPoissonLoss \
            HalfPoissonLossArrayAPI HalfSquaredError HalfTweedieLoss HalfTweedieLossIdentity \
            HalvingGridSearchCV HalvingRandomSearchCV HammingDistance HammingDistance32 \
            HammingDistance64 HasMethods HashingVectorizer HaversineDistance HaversineDistance32 \
            HaversineDistance64 Hidden Hinge HistGradientBoostingClassifier \
            HistGradientBoostingRegressor Huber HuberLoss HuberLossFunction HuberRegressor \
            Hyperparameter IdentityLink Imputer IncrementalPCA InputTags IntFloatDict Interval \
            InvalidParameterError IsolationForest Isomap IsotonicRegression IterativeImputer \
            JaccardDistance JaccardDistance32 JaccardDistance64 KBinsDiscretizer KDTree KDTree32 \
            KDTree64 KFold KMeans KNNImputer KNeighborsClassifier KNeighborsMixin \
            KNeighborsRegressor KNeighborsTransformer Kernel KernelCenterer KernelDensity \
            KernelOperator KernelPCA KernelRidge KulsinskiDistance KulsinskiDistance32 \
            KulsinskiDistance64 LDA LabelBinarizer LabelEncoder LabelPropagation LabelSpreading \
            Lars LarsCV Lasso LassoCV LassoLars LassoLarsCV LassoLarsIC \
            LatentDirichletAllocation LeastAbsoluteError LeastSquares LeastSquaresError \
            LeaveOneGroupOut LeaveOneOut LeavePGroupsOut LeavePOut LedoitWolf \
            LinearClassifierMixin LinearDiscriminantAnalysis LinearModel LinearModelCV \
            LinearModelLoss LinearRegression LinearSVC LinearSVR ListenerHandle \
            LocalOutlierFactor LocallyLinearEmbedding Log LogLink LogOddsEstimator \
            LogisticRegression LogisticRegressionCV LogitLink LossFunction MAE MDS MLPClassifier \
            MLPRegressor MSE MahalanobisDistance MahalanobisDistance32 MahalanobisDistance64 \
            ManhattanDistance ManhattanDistance32 ManhattanDistance64 MatchingDistance \
            MatchingDistance32 MatchingDistance64 Matern MaxAbsScaler MeanEstimator MeanShift \
            MetaEstimatorMixin MetadataRouter MethodMapping MethodPair MiddleTermComputer32 \
            MiddleTermComputer64 MinCovDet MinMaxScaler MiniBatchDictionaryLearning \
            MiniBatchKMeans MiniBatchNMF MiniBatchSparsePCA MinkowskiDistance \
            MinkowskiDistance32 MinkowskiDistance64 MissingIndicator MissingValues MockDataFrame \
            ModifiedHuber MonotonicConstraint MultiLabelBinarizer MultiOutputClassifier \
            MultiOutputLinearModel MultiOutputMixin MultiOutputRegressor MultiTaskElasticNet \
            MultiTaskElasticNetCV MultiTaskLasso MultiTaskLassoCV MultinomialDeviance \
            MultinomialLogit MultinomialNB NMF NamespaceAndDevice NearestCentroid \
            NearestNeighbors NearestNeighborsBase NeighborhoodComponentsAnalysis NeighborsBase \
            NeighborsHeap32 NeighborsHeap64 NewtonCholeskySolver NewtonSolver \
            NoSampleWeightWrapper NodeHeap NormalizedKernelMixin Normalizer NotFittedError NuSVC \
            NuSVR Nystroem OAS OPTICS OneClassSVM OneHotEncoder OneToOneFeatureMixin \
            OneVsOneClassifier OneVsRestClassifier Options OrdinalEncoder \
            OrthogonalMatchingPursuit OrthogonalMatchingPursuitCV OutlierMixin \
            OutputCodeClassifier PCA PLSCanonical PLSRegression PLSSVD PairwiseKernel \
            PandasAdapter ParameterGrid ParameterSampler PassiveAggressiveClassifier \
            PassiveAggressiveRegressor PatchExtractor Perceptron PinballLoss Pipeline Poisson \
            PoissonRegressor PolarsAdapter PolynomialCountSketch PolynomialFeatures \
            PowerTransformer PredefinedSplit PresortBestSplitter PriorProbabilityEstimator \
            ProbabilisticPCA Product ProgressBar PyFuncDistance PyFuncDistance32 \
            PyFuncDistance64 PytestWeightedFenwickTree QDA QuadraticDiscriminantAnalysis \
            QuantileEstimator QuantileLossFunction QuantileRegressor QuantileTransformer \
            RANSACRegressor RBF RBFSampler RFE RFECV RadiusNeighbors RadiusNeighbors32 \
            RadiusNeighbors64 RadiusNeighborsClassMode RadiusNeighborsClassMode32 \
            RadiusNeighborsClassMode64 RadiusNeighborsClassifier RadiusNeighborsMixin \
            RadiusNeighborsRegressor RadiusNeighborsTransformer RandomForestClassifier \
            RandomForestRegressor RandomSparseSplitter RandomSplitter RandomTreesEmbedding \
            RandomizedLasso RandomizedLogisticRegression RandomizedPCA RandomizedSearchCV \
            RationalQuadratic RealNotInt Regression RegressionCriterion RegressionLossFunction \
            RegressorChain RegressorMixin RegressorTags RepeatedKFold RepeatedStratifiedKFold \
            RichTask Ridge RidgeCV RidgeClassifier RidgeClassifierCV RobustScaler \
            RogersTanimotoDistance RogersTanimotoDistance32 RogersTanimotoDistance64 \
            RouterMappingPair RussellRaoDistance RussellRaoDistance32 RussellRaoDistance64 \
            SEuclideanDistance SEuclideanDistance32 SEuclideanDistance64 SGDClassifier \
            SGDOneClassSVM SGDOptimizer SGDRegressor SVC SVR ScaledLogOddsEstimator SelectFdr \
            SelectFpr SelectFromModel SelectFwe SelectKBest SelectPercentile SelectorMixin \
            SelfTrainingClassifier Sentinel SequentialFeatureSelector ShrunkCovariance \
            ShuffleSplit SimpleImputer SkewedChi2Sampler SokalMichenerDistance \
            SokalMichenerDistance32 SokalMichenerDistance64 SokalSneathDistance \
            SokalSneathDistance32 SokalSneathDistance64 SparseCoder SparseCoefMixin \
            SparseDenseMiddleTermComputer32 SparseDenseMiddleTermComputer64 SparsePCA \
            SparsePartitioner SparseRandomProjection SparseSparseMiddleTermComputer32 \
            SparseSparseMiddleTermComputer64 SpectralBiclustering SpectralClustering \
            SpectralCoclustering SpectralEmbedding SplineTransformer SplitInfo Splitter \
            SquaredEpsilonInsensitive SquaredHinge SquaredLoss StackingClassifier \
            StackingRegressor StandardScaler StationaryKernelMixin StdVectorSentinel \
            StdVectorSentinelFloat64 StdVectorSentinelInt32 StdVectorSentinelInt64 \
            StdVectorSentinelIntP StrOptions StratifiedGroupKFold StratifiedKFold \
            StratifiedShuffleSplit Sum TSNE Tags TargetEncoder TargetTags TfidfTransformer \
            TfidfVectorizer TheilSenRegressor TimeSeriesSplit TransformedTargetRegressor \
            TransformerMixin TransformerTags Tree TreeGrower TreeNode TreePredictor \
            TreeUnionFind TruncatedSVD TunedThresholdClassifierCV TweedieRegressor UnionFind \
            UnsetMetadataPassedError VBGMM VarianceThreshold VerboseReporter VotingClassifier \
            VotingRegressor WMinkowskiDistance WeightVector32 WeightVector64 WeightedEdge \
            WeightedFenwickTree WhiteKernel ZeroEstimator _AlphaPruner _ArrayLikes \
            _AvailableIfDescriptor _BaseCallback _BaseChain _BaseComposition _BaseDiscreteNB \
            _BaseEncoder _BaseFilter _BaseHeterogeneousEnsemble _BaseImputer _BaseKFold \
            _BaseKMeans _BaseNB _BaseNMF _BasePCA _BaseRidge _BaseRidgeCV _BaseScorer \
            _BaseSparseCoding _BaseSparsePCA _BaseStacking _BaseVoting _BinMapper \
            _BinaryGaussianProcessClassifierLaplace _BisectingTree _Booleans _CCPPruneController \
            _CFNode _CFSubcluster _CVIterableWrapper _CVObjects _CalibratedClassifier _Callables \
            _ConstantPredictor _Constraint _CurveScorer _GeneralizedLinearRegressor \
            _IdentityClassifier _IdentityRegressor _ImputerTriplet _InstancesOf \
            _IterablesNotString _LbfgsCallbackBridge _LineSearchError \
            _MockEstimatorOnOffPrediction _MultiOutputEstimator _MultimetricScorer _NaNCounter \
            _NanConstraint _NoneConstraint _NotAnArray _PLS _PandasNAConstraint \
            _PassthroughScorer _QuadTree _RandomStates _RepeatedSplits _RidgeClassifierMixin \
            _RidgeGCV _RoutingNotSupportedMixin _Scorer _SetOutputMixin _SigmoidCalibration \
            _SparseMatrices _SubsampleMetaSplitter _TemperatureScaling _UnstableArchMixin \
            _UnsupportedGroupCVMixin _ValidationScoreCallback _VectorizerMixin _VerboseHelper \
            _XT_CenterStackOp _X_CenterStackOp _nandict deprecated make_column_selector newObj",
    },
    Classes {
        packages: "imblearn",
        names: "\
            ADASYN AllKNN ArraysTransformer BalancedBaggingClassifier BalancedBatchGenerator \
            BalancedRandomForestClassifier BaseCleaningSampler BaseOverSampler BaseSMOTE \
            BaseSampler BaseUnderSampler BorderlineSMOTE ClusterCentroids \
            CondensedNearestNeighbour EasyEnsembleClassifier EditedNearestNeighbours \
            FunctionSampler InputTags InstanceHardnessCV InstanceHardnessThreshold KMeansSMOTE \
            NearMiss NeighbourhoodCleaningRule OneSidedSelection Pipeline RUSBoostClassifier \
            RandomOverSampler RandomUnderSampler RepeatedEditedNearestNeighbours SMOTE SMOTEENN \
            SMOTEN SMOTENC SMOTETomek SVMSMOTE SamplerMixin SamplerTags Substitution Tags \
            TomekLinks ValueDifferenceMetric",
    },
    Classes {
        packages: "category_encoders",
        names: "\
            BackwardDifferenceEncoder BaseContrastEncoder BaseEncoder BaseNEncoder BinaryEncoder \
            CatBoostEncoder ContrastMatrix CountEncoder CountTargetEncoder Diff EncoderTags \
            EncodingRelation GLMMEncoder GrayEncoder HashingEncoder Helmert HelmertEncoder \
            JamesSteinEncoder LeaveOneOutEncoder MEstimateEncoder MultiHotEncoder \
            NestedCVWrapper OneHotEncoder OrdinalEncoder Poly PolynomialEncoder \
            PolynomialWrapper QuantileEncoder RankHotEncoder Sum SumEncoder SummaryEncoder \
            SupervisedTransformerMixin TargetEncoder UnsupervisedTransformerMixin WOEEncoder",
    },
    Classes {
        packages: "skorch",
        names: "\
            BatchScoring CVSplit EarlyStopping EpochScoring EpochTimer History LRScheduler \
            NeuralNet NeuralNetBinaryClassifier NeuralNetClassifier NeuralNetRegressor \
            PassthroughScoring PrintLog ValidSplit _TransformCallbacks",
    },
    Classes {
        packages: "mlxtend",
        names: "\
            Adaline ColumnSelector CopyTransformer DenseTransformer EnsembleVoteClassifier \
            ExhaustiveFeatureSelector Kmeans LinearDiscriminantAnalysis LinearRegression \
            LogisticRegression MeanCenterer MultiLayerPerceptron OneRClassifier Perceptron \
            PrincipalComponentAnalysis RBFKernelPCA SequentialFeatureSelector SoftmaxRegression \
            StackingCVClassifier StackingCVRegressor StackingClassifier StackingRegressor \
            TransactionEncoder _BaseFeatureExtractor _BaseModel _BaseStackingClassifier \
            _Classifier _Cluster _IterativeModel _MultiClass _MultiLayer _Regressor",
    },
    Classes {
        packages: "hmmlearn",
        names: "\
            BaseCategoricalHMM BaseGMMHMM BaseGaussianHMM BaseHMM BaseMultinomialHMM \
            BasePoissonHMM CategoricalHMM GMMHMM GaussianHMM MultinomialHMM PoissonHMM \
            VariationalBaseHMM VariationalCategoricalHMM VariationalGaussianHMM _AbstractHMM",
    },
    Classes {
        packages: "sklearn_pandas",
        names: "\
            CategoricalImputer DataFrameMapper FunctionTransformer NumericalTransformer \
            TransformerPipeline",
    },
    Classes {
        packages: "sklearn_crfsuite",
        names: "\
            CRF",
    },
    Classes {
        packages: "feature_engine",
        names: "\
            AddMissingIndicator ArbitraryDiscretiser ArbitraryNumberImputer \
            ArbitraryOutlierCapper BoxCoxTransformer CategoricalImputer CountFrequencyEncoder \
            CyclicalFeatures DatetimeFeatures DecisionTreeDiscretiser DecisionTreeEncoder \
            DropConstantFeatures DropCorrelatedFeatures DropDuplicateFeatures DropFeatures \
            DropMissingData EndTailImputer EqualFrequencyDiscretiser EqualWidthDiscretiser \
            LogCpTransformer LogTransformer MathFeatures MeanEncoder MeanMedianImputer \
            OneHotEncoder OrdinalEncoder OutlierTrimmer PowerTransformer RandomSampleImputer \
            RareLabelEncoder ReciprocalTransformer RecursiveFeatureAddition \
            RecursiveFeatureElimination RelativeFeatures SelectByShuffling \
            SelectBySingleFeaturePerformance SmartCorrelatedSelection Winsorizer WoEEncoder \
            YeoJohnsonTransformer",
    },
];
