//! Gradient boosting and statistics: XGBoost, LightGBM, CatBoost, statsmodels and others. From the
//! classes that their current releases define.

use super::Classes;

pub(super) const CLASSES: &[Classes] = &[
    Classes {
        packages: "xgboost",
        names: "\
            Booster Categories DMatrix EarlyStopping EvaluationMonitor LearningRateScheduler \
            QuantileDMatrix TrainingCallback XGBClassifier XGBModel XGBRFClassifier \
            XGBRFRegressor XGBRanker XGBRankerMixIn XGBRegressor",
    },
    Classes {
        packages: "lightgbm",
        names: "\
            Booster CVBooster Dataset LGBMClassifier LGBMModel LGBMRanker LGBMRegressor \
            _ConfigAliases _EarlyStoppingCallback _EvalFunctionWrapper _LogEvaluationCallback \
            _ObjectiveFunctionWrapper _RecordEvaluationCallback",
    },
    Classes {
        packages: "catboost",
        names: "\
            CatBoost CatBoostClassifier CatBoostRanker CatBoostRegressor EFstrType FeaturesData \
            Pool _CatBoost _CatBoostBase _PoolBase",
    },
    Classes {
        packages: "ngboost",
        names: "\
            Bernoulli CRPScore Exponential Laplace LogNormal LogScore NGBClassifier NGBRegressor \
            NGBSurvival NGBoost Normal NormalDistn Poisson",
    },
    Classes {
        packages: "interpret",
        names: "\
            APLRClassifier APLRClassifierTags APLRExplanation APLRInputTags APLRRegressor \
            APLRRegressorTags APLRTags APLRTargetTags ClassificationTree \
            DPExplainableBoostingClassifier DPExplainableBoostingRegressor EBMExplanation \
            EBMModel EBMPreprocessor ExplainableBoostingClassifier ExplainableBoostingRegressor \
            LinearClassifierTags LinearExplanation LinearInputTags LinearRegression \
            LinearRegressorTags LinearTags LinearTargetTags LogisticRegression RegressionTree",
    },
    Classes {
        packages: "statsmodels",
        names: "\
            ADFullerResult AFTResults ANOVA ANOVAResult AR ARDL ARDLOrderSelectionResults \
            ARDLResults ARDLResultsWrapper ARIMA ARIMAResults ARIMAResultsWrapper ARMA \
            ARMAEstimationResult ARMAResults AROrderSelectionResults ARResults AcfResult \
            AdditiveGamSmoother AllPairsResults AndrewWave AnovaRM AnovaResult AnovaResults \
            ArchimedeanCopula AsymBiLogistic AsymLogistic AsymMixed AsymNegLogistic AutoReg \
            AutoRegResults AutoRegResultsWrapper Autoregressive BSplines BaseCV \
            BaseCrossValidator BaseIRAnalysis BasePenaltiesPathCV BayesGaussMI \
            BayesMixedGLMResults BernsteinDistribution BernsteinDistributionBV \
            BernsteinDistributionUV BetaModel BetaResults BetaResultsWrapper BinaryModel \
            BinaryResults BinaryResultsWrapper Binomial BinomialBayesMixedGLM BoxCox \
            BreakvarHeteroskedasticityResult BrentqExpandingInfo Bunch CCStatsResult CDFLink \
            CFASimulationSmoother CLogLog CMTNewey CMTTauchen CachedAttribute \
            CachedWritableAttribute CalendarDeterministicTerm CalendarFourier \
            CalendarSeasonality CalendarTimeTrend CanCorr CategoricalCovStruct Cauchy CcfResult \
            ChisquareBinningResult ChisquareProbResult ChisquareResult ClaytonCopula \
            CochransQResult CointRankResults CointResult CombineResults CompareMeans \
            ConditionalLogit ConditionalMNLogit ConditionalPoisson ConditionalResults \
            ConditionalResultsWrapper ConfintEffectSizeResult ConstraintsPenalty Contrast \
            ContrastResults Copula CopulaDistribution CorrelationEffects CountDiagnostic \
            CountModel CountResults CountResultsWrapper Cov2CorrResult CovDetMCD CovDetMCDResult \
            CovDetMM CovDetS CovIterResult CovM CovMResult CovNearestResult CovOGKResult \
            CovOnewayResult CovStartingResult CovStruct CovTylerRegularizedResult CovTylerResult \
            CovariancePenalty CovarianceReduction CubicSplines CumIncidenceRight \
            CycleTrendResult CyclicCubicSplines DecomposeResult DescStatMV DescStatUV \
            DescrStatsW Describe Description DetSStartResult DeterministicTerm \
            DieboldMarianoResult DimReductionResults DimReductionResultsWrapper DiscreteMargins \
            DiscreteModel DiscreteResults DiscretizedCount DiscretizedModel DispersionResults \
            DistDependStat DistributedModel DistributedResults DynamicFactor DynamicFactorMQ \
            DynamicFactorMQResults DynamicFactorMQStates DynamicFactorResults \
            DynamicFactorResultsWrapper ECDF ECDFDiscrete ELOriginRegress ETSModel ETSResults \
            ETSResultsWrapper EffectSizeFsquResult EllipticalCopula Equivalence \
            EquivalenceOnewayResult ErrorBand EstimatorSettings Exchangeable ExpandedNormal \
            ExponentialSmoothing ExponentialSmoothingResults ExponentialSmoothingResultsWrapper \
            ExtremeValueCopula FEVD Factor FactorBlock FactorResults FactoredPSDMatrix Family \
            FilterResults ForecastInterval FormulaManager FormulaicData ForwardEffects Fourier \
            FourierDeterministicTerm FrankCopula FrozenRepresentation FstatEffectSizeResult GEE \
            GEEMargins GEEResults GEEResultsWrapper GLM GLMGam GLMGamResults \
            GLMGamResultsWrapper GLMInfluence GLMResults GLMResultsWrapper GLS GLSAR GLSHet \
            GLSHet2 Gamma Gaussian GaussianCopula GaussianCovariance GaussianMultivariateKernel \
            GeneralizedPoisson GeneralizedPoissonResults GeneralizedPoissonResultsWrapper \
            GenericKDE GenericLikelihoodModel GenericLikelihoodModelResults GenericSmoothers \
            GenericZeroInflated GlobalOddsRatio GofChisquarePower GoldfeldQuandtResult Group \
            GroupSorted Grouping GumbelCopula HR HamiltonFilterResults Hampel HolderTuple Holt \
            HoltWintersArgs HoltWintersResults HoltWintersResultsWrapper HotellingResult Huber \
            HuberScale HuberT HurdleCountModel HurdleCountResults HurdleCountResultsWrapper \
            IRAnalysis Identity Independence IndependenceCopula InformationCriteria \
            Initialization InverseGaussian InversePower InverseSquared JackknifeResult \
            JonckheereTerpstraResult KDEMultivariate KDEMultivariateConditional KDEResult \
            KDEUnivariate KFold KPSSResult KalmanFilter KalmanSmoother KappaResults \
            KernelCensoredReg KernelReg KimSmootherResults KoopmanConfintResult L1BinaryResults \
            L1BinaryResultsWrapper L1CountResults L1CountResultsWrapper \
            L1GeneralizedPoissonResults L1GeneralizedPoissonResultsWrapper L1HurdleCountResults \
            L1HurdleCountResultsWrapper L1MultinomialResults L1MultinomialResultsWrapper \
            L1NegativeBinomialResults L1NegativeBinomialResultsWrapper L1PoissonResults \
            L1PoissonResultsWrapper L1TruncatedLFGenericResults \
            L1TruncatedLFGenericResultsWrapper L1ZeroInflatedGeneralizedPoissonResults \
            L1ZeroInflatedGeneralizedPoissonResultsWrapper L1ZeroInflatedNegativeBinomialResults \
            L1ZeroInflatedNegativeBinomialResultsWrapper L1ZeroInflatedPoissonResults \
            L1ZeroInflatedPoissonResultsWrapper L2 L2ConstraintsPenalty L2Univariate \
            LagOrderResults LagmatResult LeastSquares LeaveOneOut LevinsonDurbinPacfResult \
            LevinsonDurbinResult LeybourneMcCabeStationarity LikelihoodModel \
            LikelihoodModelResults LikelihoodResultsWrapper LimitedIterationMixin \
            LinearConstraintValues LinearConstraints Link LocalFDRCorrectionResult \
            LocalProjections LocalProjectionsResults Log LogC LogLog Logit LogitGam LogitResults \
            MANOVA MI MICE MICEData MICEResults MIResults MLEGLS MLEInfluence MLEModel \
            MLEResults MLEResultsWrapper MNLogit MPLConfigurator MQuantileNorm MSTL MScale \
            Margins MarkovAutoregression MarkovAutoregressionResults \
            MarkovAutoregressionResultsWrapper MarkovRegression MarkovRegressionResults \
            MarkovRegressionResultsWrapper MarkovSwitching MarkovSwitchingParams \
            MarkovSwitchingResults MarkovSwitchingResultsWrapper MatrixWrapper Mediation \
            MediationResults MissingDataError MixedLM MixedLMParams MixedLMResults \
            MixedLMResultsWrapper MixtureDistribution Model ModelData MultiCompResult \
            MultinomialModel MultinomialResults MultinomialResultsWrapper MultivariateGAMCV \
            MultivariateGAMCVPath MultivariateGamPenalty MultivariateKernel MultivariateLS \
            MultivariateLSResults MultivariateLSResultsWrapper Myfunc NaiveLedoitWolfResult \
            NegativeBinomial NegativeBinomialP NegativeBinomialPResults \
            NegativeBinomialPResultsWrapper NegativeBinomialResults \
            NegativeBinomialResultsWrapper Nested NewsResults NominalGEE NominalGEEResults \
            NominalGEEResultsWrapper NominalIndependence NoncentralityChisquareResult \
            NoncentralityFResult NoncentralityTResult NonePenalty NonequivalencePoissonResult \
            NonlinearDeltaCov NonlinearLS NormalIndPower NullDistribution OLS OLSEffects \
            OLSInfluence OLSResults OaxacaBlinder OaxacaResults OptAFT Optimizer OptionWrapper \
            OrderedModel OrderedResults OrderedResultsWrapper OrdinalGEE OrdinalGEEResults \
            OrdinalGEEResultsWrapper OrdinalIndependence OriginResults PCA PHReg PHRegResults \
            PHSurvivalTime PSD PacfBurgResult PacfResult PairedNamConfintResult PandasData \
            PandasWrapper ParameterConstraint ParseError PartialProjectResult PatsyData \
            PatsyFormula PccfResult PenalizedMixin Penalty PerfectSeparationError \
            PesaranTimmermannResult PickandDependence Poisson PoissonBayesMixedGLM \
            PoissonDiagnostic PoissonGMLE PoissonOffsetGMLE PoissonResults PoissonResultsWrapper \
            PoissonZiGMLE PolynomialSmoother Power PowerDiffResult PowerEquivalenceResult \
            PowerNegbinRatioResult PowerProportionsResult PowerRatioResult PowerResult \
            PredictionResults PredictionResultsBase PredictionResultsDelta PredictionResultsMean \
            PredictionResultsMonotonic PredictionResultsWrapper PrincipalHessianDirections \
            ProbSuperiorResult Probit ProbitResults PseudoHuber QIF QIFAutoregressive \
            QIFCovariance QIFExchangeable QIFIndependence QIFResults QIFResultsWrapper \
            QStatResult QuantReg QuantRegResults QuarterlyAR1 RLM RLMDetS RLMDetSMM RLMResults \
            RLMResultsWrapper RURResult RamsayE RankCompareResult RankPlacementsResult \
            RecursiveLS RecursiveLSResults RecursiveLSResultsWrapper RegModelEffects \
            RegressionEffects RegressionFDR RegressionModel RegressionResults \
            RegressionResultsWrapper RegularizedInvCovariance RegularizedResults \
            RegularizedResultsWrapper Representation ResultMixin Results ResultsBunch \
            ResultsGeneric ResultsWrapper RobustNorm RollingOLS RollingRegressionResults \
            RollingWLS SARIMAX SARIMAXParams SARIMAXResults SARIMAXResultsWrapper \
            SARIMAXSpecification SCAD SCADSmoothed STL STLForecast STLForecastResults SVAR \
            SVARResults SamplesizeRankCompareResult ScaleAnovaResult ScaleEquivalenceResult \
            ScaleTrimmedResult ScreeningResults Seasonality SeriesSpec SimpleExpSmoothing \
            SimulatePowerEquivalenceResult SimulationSmoothResults SimulationSmoother \
            SlicedAverageVarianceEstimation SlicedInverseReg SmootherResults Spec Sqrt \
            SquareTable StandardizeTransform StateSpaceMLEModel StateSpaceMLEResults Stationary \
            StepFunction Sterling1 Sterling2 StratifiedTable StudentT StudentTCopula \
            SurvfuncRight TEV TLinearModel TSMLEModel Table Table2x2 TableDist ThetaModel \
            ThetaModelResults TimeSeriesModel TimeSeriesModelResults TimeSeriesResultsWrapper \
            TimeTrend TimeTrendDeterministicTerm TostPoissonResult TostProbSuperiorResult \
            TostProportionsResult TransfClayton TransfFrank TransfGumbel TransfIndep \
            TransformCorrNormalResult TransformRestriction Transforms TreatmentEffect \
            TreatmentEffectResults TrimmedMean TruncatedLFGeneralizedPoisson TruncatedLFGeneric \
            TruncatedLFGenericResults TruncatedLFGenericResultsWrapper \
            TruncatedLFNegativeBinomialP TruncatedLFPoisson TruncatedLFPoissonResults \
            TruncatedNegativeBinomialResults TsaDescriptive TukeyBiweight TukeyQuartic \
            TuningSEstimatorMeanResult Tweedie UECM UECMResults UECMResultsWrapper \
            UnivariateBSplines UnivariateCubicCyclicSplines UnivariateCubicSplines \
            UnivariateGamPenalty UnivariateGamSmoother UnivariateGenericSmoother \
            UnivariatePolynomialSmoother UnobservedComponents UnobservedComponentsResults \
            UnobservedComponentsResultsWrapper Unstructured VAR VARMAX VARMAXResults \
            VARMAXResultsWrapper VARResults VARResultsWrapper VARSummary VCSpec VECM VECMResults \
            VariableScreening VarianceFunction VarmaPoly WLS X13ArimaAnalysisResult X13Error \
            X13NotFoundError YuleWalkerResult ZeroInflatedGeneralizedPoisson \
            ZeroInflatedGeneralizedPoissonResults ZeroInflatedGeneralizedPoissonResultsWrapper \
            ZeroInflatedNegativeBinomialP ZeroInflatedNegativeBinomialResults \
            ZeroInflatedNegativeBinomialResultsWrapper ZeroInflatedPoisson \
            ZeroInflatedPoissonResults ZeroInflatedPoissonResultsWrapper ZeroInflatedResults \
            ZeroinflationJHResult ZivotAndrewsUnitRoot _AIPWGMM _AIPWWLSGMM _ANOVAOpt \
            _BaseInfluenceMixin _BayesMixedGLM _Bunch _ConditionalModel _Default \
            _DimReductionRegression _ELRegOpts _FormulaOption _GofChisquareIndPower _Grid \
            _IPWGMM _IPWRAGMM _KalmanSmoother _LLRMixin _MinimalWLS _Multinomial \
            _MultinomialLogit _MultivariateOLS _MultivariateOLSResults _NormalizeTruncCov \
            _OptConfig _OptFuncts _RAGMM _RCensored _RCensoredGeneralizedPoisson \
            _RCensoredGeneric _RCensoredNegativeBinomialP _RCensoredPoisson _Standardize _TEGMM \
            _TEGMMGeneric1 _TransfPower _Var _VariationalBayesMixedGLM _cache_readonly \
            _freq_to_period _mixedlm_distribution cache_readonly cache_writable cauchy cloglog \
            emplikeAFT genpoisson_p_gen identity inverse_power inverse_squared log logc logit \
            loglog nbinom probit rv_discrete_float sqrt truncatednegbin_gen truncatedpoisson_gen \
            zigeneralizedpoisson_gen zinegativebinomial_gen zipoisson_gen",
    },
    Classes {
        packages: "patsy",
        names: "\
            ContrastMatrix DesignInfo DesignMatrix Diff FactorInfo Helmert LookupFactor \
            ModelDesc NAAction Poly SubtermInfo Sum Term Treatment",
    },
    Classes {
        packages: "prophet",
        names: "\
            Prophet",
    },
    Classes {
        packages: "fbprophet",
        names: "\
            Prophet",
    },
    Classes {
        packages: "pmdarima",
        names: "\
            ARIMA AutoARIMA BoxCoxEndogTransformer DateFeaturizer FourierFeaturizer Pipeline",
    },
    Classes {
        packages: "lifelines",
        names: "\
            AalenAdditiveFitter BreslowFlemingHarringtonFitter CoxPHFitter ExponentialFitter \
            KaplanMeierFitter LogLogisticAFTFitter LogLogisticFitter LogNormalAFTFitter \
            LogNormalFitter NelsonAalenFitter SemiParametricPHFitter WeibullAFTFitter \
            WeibullFitter",
    },
    Classes {
        packages: "umap",
        names: "\
            UMAP",
    },
    Classes {
        packages: "hdbscan",
        names: "\
            CondensedTree HDBSCAN MinimumSpanningTree PredictionData SingleLinkageTree",
    },
    Classes {
        packages: "pynndescent",
        names: "\
            NNDescent PyNNDescentTransformer",
    },
    Classes {
        packages: "implicit",
        names: "\
            AlternatingLeastSquares BM25Recommender BayesianPersonalizedRanking \
            CosineRecommender LogisticMatrixFactorization TFIDFRecommender",
    },
    Classes {
        packages: "lightfm",
        names: "\
            LightFM",
    },
    Classes {
        packages: "surprise",
        names: "\
            BaselineOnly CoClustering KNNBaseline KNNBasic KNNWithMeans KNNWithZScore NMF \
            NormalPredictor SVD SVDpp SlopeOne Trainset",
    },
    Classes {
        packages: "shap",
        names: "\
            Explanation IdentityLink Independent LogitLink SingleTree Tree TreeEnsemble",
    },
];
