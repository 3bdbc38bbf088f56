//! Keras, JAX, text and language libraries: layers, tables of vocabularies, configurations. From
//! the classes that their current releases define. Layers that hold code (Lambda) are not here.

use super::Classes;

pub(super) const CLASSES: &[Classes] = &[
    Classes {
        packages: "keras tensorflow.python.keras tensorflow.keras tf_keras",
        names: "\
            AUC AUCCurve AUCSummationMethod AWQDTypePolicy Accuracy Activation \
            ActivityRegularization Adadelta Adafactor Adagrad Adam AdamW Adamax \
            AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D \
            AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D Add AdditiveAttention \
            AlphaDropout ArrayLike Attention AugMix AutoContrast Average AveragePooling1D \
            AveragePooling2D AveragePooling3D BaseAdaptiveAveragePooling BaseAdaptiveMaxPooling \
            BaseAdaptivePooling BaseConv BaseConvTranspose BaseDepthwiseConv BaseGlobalPooling \
            BaseImagePreprocessingLayer BaseOptimizer BasePooling BaseSeparableConv \
            BaseSpatialDropout BatchNormalization Bidirectional BinaryAccuracy \
            BinaryCrossentropy BinaryFocalCrossentropy BinaryIoU BoundingBox CENTER_XYWH CTC \
            CallContext CallSpec CanaryLayer CategoricalAccuracy CategoricalCrossentropy \
            CategoricalFocalCrossentropy CategoricalGeneralizedCrossEntropy CategoricalHinge \
            CategoryEncoding CenterCrop Circle Concatenate ConcordanceCorrelation \
            ConfusionMatrix Constant Constraint ContrastLimitedAdaptiveHistogramEqualization \
            Conv1D Conv1DTranspose Conv2D Conv2DTranspose Conv3D Conv3DTranspose ConvLSTM \
            ConvLSTM1D ConvLSTM2D ConvLSTM3D ConvLSTMCell CosineDecay CosineDecayRestarts \
            CosineSimilarity Cropping1D Cropping2D Cropping3D Cross CutMix DTypePolicy \
            DTypePolicyMap DataLayer Dense DepthwiseConv1D DepthwiseConv2D Dice Discretization \
            Dot Dropout DropoutRNNCell ELU EarlyStopping EinsumDense Embedding Equalization \
            ExampleLoss ExampleMetric ExampleWrapper ExponentialDecay F1Score FBetaScore \
            FalseNegatives FalsePositives Feature FeatureSpace Flatten FloatDTypePolicy Ftrl \
            Functional GPTQDTypePolicy GRU GRUCell GaussianDropout GaussianNoise \
            GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D \
            GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D GlorotNormal GlorotUniform \
            GroupNormalization GroupedQueryAttention HashedCrossing Hashing HeNormal HeUniform \
            Hinge History Huber Identity IndexLookup Initializer InitializerWithLayout \
            InputLayer InputSpec Int4DTypePolicy IntegerLookup InverseTimeDecay IoU KLDivergence \
            KerasTensor L1 L1L2 L2 LSTM LSTMCell Lamb Layer LayerNormalization LeakyReLU \
            LearningRateSchedule LecunNormal LecunUniform Lion LogCosh LogCoshError Loss \
            LossFunctionWrapper LossScaleOptimizer Masking MaxNorm MaxNumBoundingBoxes \
            MaxPooling1D MaxPooling2D MaxPooling3D Maximum Mean MeanAbsoluteError \
            MeanAbsolutePercentageError MeanIoU MeanMetricWrapper MeanSquaredError \
            MeanSquaredLogarithmicError MelSpectrogram Merge Metric MinMaxNorm Minimum Mish \
            MixUp MockRemat MockedRandomFlip Model MultiHeadAttention MultiOptimizer Multiply \
            Muon Nadam NonNeg Normalization OneHotIoU OneHotMeanIoU OneStateRNNCell Ones \
            Optimizer OptimizerMap Orthogonal OrthogonalRegularizer PReLU PearsonCorrelation \
            Permute PiecewiseConstantDecay Pipeline Poisson PolynomialDecay Precision \
            PrecisionAtRecall QuantizedDTypePolicy QuantizedFloat8DTypePolicy R2Score REL_XYWH \
            REL_XYXY REL_YXYX RMSNormalization RMSprop RNN RNNCellWithDropout RandAugment \
            RandomBrightness RandomColorDegeneration RandomColorJitter RandomContrast RandomCrop \
            RandomElasticTransform RandomErasing RandomFlip RandomGaussianBlur RandomGrayscale \
            RandomHue RandomInitializer RandomInvert RandomNormal RandomPerspective \
            RandomPosterization RandomRGBToHSVLayer RandomRotation RandomSaturation \
            RandomSharpness RandomShear RandomTranslation RandomUniform RandomZoom ReLU Recall \
            RecallAtPrecision Regularizer RepeatVector Rescaling Reshape Resizing \
            ReversibleEmbedding RootMeanSquaredError SGD STFT STFTSpectrogram \
            ScatterUpdateOptimizer ScheduleFreeAdamW SensitivityAtSpecificity \
            SensitivitySpecificityBase SeparableConv1D SeparableConv2D Sequential SimpleRNN \
            SimpleRNNCell Softmax Solarization SparseCategoricalAccuracy \
            SparseCategoricalCrossentropy SparseTopKCategoricalAccuracy SpatialDropout1D \
            SpatialDropout2D SpatialDropout3D SpecificityAtSensitivity SpectralNormalization \
            SquaredHinge StackedRNNCells StringLookup Subtract Sum TFDConcat TFDIdentity \
            TextVectorization TimeDistributed TopKCategoricalAccuracy TrackedDict TrackedList \
            TrackedSet TrueNegatives TruePositives TruncatedNormal Tversky TwoStatesRNNCell \
            UnitNorm UnitNormalization UpSampling1D UpSampling2D UpSampling3D VarianceScaling \
            Wrapper XYWH XYXY YXYX ZeroPadding1D ZeroPadding2D ZeroPadding3D Zeros \
            _ConfusionMatrixConditionCount _IoUBase",
    },
    Classes {
        packages: "flax",
        names: "\
            BatchStat FrozenDict GraphDef LogicallyPartitioned Param Partitioned Scope State \
            TrainState Variable VariableState",
    },
    Classes {
        packages: "optax",
        names: "\
            AccumulateAvgUpdatesState AccumulationType Accumulator AddNoiseState Aggregator \
            AggregatorUpdateFn ApplyEvery ApplyIfFiniteState BacktrackingLineSearchState \
            BacktrackingLinesearchInfo COCOBState ConditionFn ConditionallyMaskState \
            ConditionallyTransformState DAdaptAdamWState DifferentiallyPrivateAggregateState \
            DoGState DoWGState EmaState EmptyState ExampleState ExampleStatefulSchedule \
            FactoredState FakeShardSpec GaLoreDimensionNumbers GaLoreState \
            GradientTransformation GradientTransformationExtraArgs Gumbel HutchinsonState \
            Initable InjectHyperparamsState InjectStatefulHyperparamsState LookaheadParams \
            LookaheadState Loss LossFn MLP MadgradState MaskedNode MaskedState MaxFun \
            MechanicState MomoAdamState MomoState MultiNormalDiagFromLogScale MultiSteps \
            MultiStepsState MuonDimensionNumbers MuonState NamedTupleKey Normal PartitionState \
            PerElementMeanAndSumSqDiffGradsState PerElementMeanAndVarianceEMAState ProdigyState \
            ReduceLROnPlateauState SAMState ScaleByAdaDeltaState ScaleByAdamState \
            ScaleByAdamStateDict ScaleByAdanState ScaleByAdemamixState ScaleByAmsgradState \
            ScaleByBacktrackingLinesearchState ScaleByBeliefState \
            ScaleByDistanceOverGradientsState ScaleByLBFGSState ScaleByLionState \
            ScaleByNovogradState ScaleByOptimisticGradientState ScaleByRStdDevState \
            ScaleByRStdDevWithCountState ScaleByRmsState ScaleByRmsWithCountState \
            ScaleByRpropState ScaleByRssState ScaleBySM3State ScaleByScheduleState \
            ScaleBySimplifiedAdEMAMixState ScaleByZoomLinesearchState ScheduleFreeState \
            ShouldSkipUpdateFunction SnapshotState SophiaState SplitRealAndImaginaryArrays \
            SplitRealAndImaginaryState StatefulSchedule TraceState TransformInitFn \
            TransformUpdateExtraArgsFn TransformUpdateFn WeightDecaySchedule WrappedSchedule \
            WrappedScheduleState ZeroNansState ZoomLinesearchInfo ZoomLinesearchState \
            _LogsToListHandler _ParamsPlaceholder _UpdateResult",
    },
    Classes {
        packages: "jax",
        names: "\
            Array ArrayImpl PyTreeDef ShapedArray SingleDeviceSharding",
    },
    Classes {
        packages: "spacy",
        names: "\
            Doc DocBin English Entity Example Language Lexeme Lookups Morphology Scorer Span \
            StringStore Table Tagger Token Tokenizer Vectors Vocab",
    },
    Classes {
        packages: "thinc",
        names: "\
            ArrayNd Config Model Padded Ragged Shim",
    },
    Classes {
        packages: "preshed",
        names: "\
            BloomFilter PreshCounter PreshMap",
    },
    Classes {
        packages: "gensim",
        names: "\
            AnnoyIndexer AtireBM25Model AuthorTopicModel AuthorTopicState BM25ABC BleiCorpus \
            ClippedCorpus CorpusABC CsvCorpus Dense2Corpus FakeDict HashDictionary IndexedCorpus \
            LowCorpus MalletCorpus MmCorpus OpinosisCorpus PathLineSentences RepeatCorpus \
            RepeatCorpusNTimes SaveLoad Scipy2Corpus ShardedCorpus SlicedCorpus Sparse2Corpus \
            SvmLightCorpus TextCorpus TextDirectoryCorpus TransformationABC TransformedCorpus \
            UciCorpus WikiCorpus SimilarityABC \
            BackMappingTranslationMatrix BaseTopicModel CBDBSCAN Callback CallbackAny2Vec \
            Cluster CoherenceMetric CoherenceModel CompatVocab ConvergenceMetric \
            CythonLineSentence CythonVocab Dictionary DiffMetric Dispatcher Doc2Vec \
            Doc2VecKeyedVectors Doc2VecTrainables Doc2VecVocab Doctag DocvecsArray EnsembleLda \
            EuclideanKeyedVectors FastText FastTextKeyedVectors FastTextTrainables FastTextVocab \
            FrozenPhrases HdpModel HdpTopicFormatter Heapitem KeyedVectors LdaModel LdaMulticore \
            LdaPost LdaSeqModel LdaState LevenshteinSimilarityIndex LexicalEntailmentEvaluation \
            LineSentence LinkPredictionEvaluation LogEntropyModel LsiModel LuceneBM25Model \
            MatrixSimilarity Metric NegativesBuffer Nmf NmslibIndexer NormModel OkapiBM25Model \
            PerplexityMetric Phraser Phrases PoincareBatch PoincareKeyedVectors PoincareModel \
            PoincareRelations Projection ReconstructionEvaluation RpModel Shard Similarity \
            SoftCosineSimilarity Space SparseMatrixSimilarity SparseTermSimilarityMatrix \
            SuffStats TaggedDocument TaggedLineDocument TermSimilarityIndex TfidfModel Topic \
            TranslationMatrix UniformTermSimilarityIndex Vocab VocabTransform WmdSimilarity \
            Word2Vec Word2VecKeyedVectors Word2VecTrainables Word2VecVocab \
            WordEmbeddingSimilarityIndex WordEmbeddingsKeyedVectors _PhrasesTransformation sslm",
    },
    Classes {
        packages: "nltk",
        names: "\
            AffixTagger AveragedPerceptron BigramTagger BinaryMaxentFeatureEncoding BrillTagger \
            BrillTaggerTrainer CFG ClassifierBasedPOSTagger ConditionalFreqDist \
            ConditionalProbDist DecisionTreeClassifier DefaultTagger DictionaryProbDist \
            ELEProbDist EnglishStemmer FreqDist HiddenMarkovModelTagger KneserNeyInterpolated \
            LancasterStemmer Laplace LaplaceProbDist Lidstone LidstoneProbDist MLE MLEProbDist \
            MaxentClassifier NaiveBayesClassifier NgramCounter NgramTagger Nonterminal PCFG \
            ParentedTree PerceptronTagger PorterStemmer Pos Production PunktLanguageVars \
            PunktParameters PunktSentenceTokenizer PunktToken PunktTrainer PunktWordTokenizer \
            RegexpTagger RegexpTokenizer Rule SklearnClassifier SnowballStemmer Text Tree \
            TreebankWordTokenizer TrigramTagger TypedMaxentFeatureEncoding UnigramTagger \
            Vocabulary WittenBellInterpolated Word WordNetLemmatizer WordPunctTokenizer",
    },
    Classes {
        packages: "tokenizers",
        names: "\
            AddedToken BPE BertNormalizer BertPreTokenizer BertProcessing ByteLevel Encoding \
            Lowercase Metaspace Model NFC NFD NFKC NFKD Replace RobertaProcessing Sequence Strip \
            StripAccents TemplateProcessing Tokenizer Unigram Whitespace WordLevel WordPiece \
            WordPieceDecoder",
    },
    Classes {
        packages: "sentencepiece",
        names: "\
            SentencePieceProcessor",
    },
    Classes {
        packages: "sentence_transformers",
        names: "\
            ADRMSELoss AdaptiveLayerLoss AnglELoss AudioDict BaseDataCollator BaseModel \
            BaseModelCardCallback BaseModelCardData BaseTokenPooling BaseTrainingArguments \
            BaseWeightingScheme BatchAllTripletLoss BatchHardSoftMarginTripletLoss \
            BatchHardTripletLoss BatchHardTripletLossDistanceFunction BatchSamplers \
            BatchSemiHardTripletLoss BinaryCrossEntropyLoss BoW CLIPModel CNN CSRLoss \
            CSRReconstructionLoss CachedGISTEmbedLoss CachedLossDecorator CachedLossMixin \
            CachedMultiVectorMultipleNegativesRankingLoss CachedMultipleNegativesRankingLoss \
            CachedMultipleNegativesSymmetricRankingLoss CachedSpladeLoss CoSENTLoss \
            ContrastiveLoss ContrastiveTensionLoss ContrastiveTensionLossInBatchNegatives \
            CosineSimilarityLoss CrossEncoder CrossEncoderDataCollator \
            CrossEncoderModelCardCallback CrossEncoderModelCardData \
            CrossEncoderTrainingArguments CrossEntropyLoss DenoisingAutoEncoderLoss Dense \
            DistillKLDivLoss Dropout EmbedDistillLoss FitMixin FitMixinLoss FlopsLoss \
            ForwardDecorator GISTEmbedLoss GlobalOrthogonalRegularizationLoss \
            HierarchicalTokenPooling InputExample InputFormatter InputModule LSTM LayerNorm \
            ListMLELoss ListNetLoss LoggingHandler LogitScore MLMTransformer \
            MSEEvaluatorFromDataFrame MSELoss MarginMSELoss Matryoshka2dLoss MatryoshkaLoss \
            MegaBatchMarginLoss MessageDict ModalityParams ModelCardCallback Module \
            MultiVectorDistillKLDivLoss MultiVectorEncoder MultiVectorEncoderDataCollator \
            MultiVectorEncoderModelCardCallback MultiVectorEncoderModelCardData \
            MultiVectorEncoderTrainingArguments MultiVectorMarginMSELoss MultiVectorMask \
            MultiVectorMultipleNegativesRankingLoss MultimodalInput MultipleNegativesRankingLoss \
            MultipleNegativesSymmetricRankingLoss NDCGLoss1Scheme NDCGLoss2PPScheme \
            NDCGLoss2Scheme NoWeightingScheme Normalize OnlineContrastiveLoss OriginalCallback \
            PListMLELoss PeftAdapterMixin PhraseTokenizer Pooling QueryExpansionConfig \
            RandContext RankNetLoss Router SaveModelCallback SchedulerType SentenceTransformer \
            SentenceTransformerDataCollator SentenceTransformerModelCardCallback \
            SentenceTransformerModelCardData SentenceTransformerTrainingArguments SetEpochMixin \
            SiameseDistanceMetric SimilarityFunction SoftmaxLoss SparseAnglELoss \
            SparseAutoEncoder SparseCoSENTLoss SparseCosineSimilarityLoss SparseDistillKLDivLoss \
            SparseEncoder SparseEncoderDataCollator SparseEncoderModelCardCallback \
            SparseEncoderModelCardData SparseEncoderTrainingArguments SparseMSELoss \
            SparseMarginMSELoss SparseMultipleNegativesRankingLoss SparseStaticEmbedding \
            SparseTripletLoss SpladeLoss SpladePooling SpladeRegularizerWeightSchedulerCallback \
            StaticEmbedding TiedTranspose Transformer TransformerDecorator \
            TransformersTokenizerWrapper TripletDistanceMetric TripletLoss VideoDict \
            WeightedLayerPooling WhitespaceTokenizer WordEmbeddings WordTokenizer WordWeights \
            XTRKDScores XTRScores _DeprecatedModuleFinder _DistributedInference _Float32Linear \
            _LegacyStash _MinMeanMax _ModalityParamsRequired _OptimizerZeroGradCallback \
            _ProtectedModule disabled_tqdm",
    },
    Classes {
        packages: "accelerate",
        names: "\
            AcceleratorState DeepSpeedPlugin DistributedType DynamoBackend \
            FullyShardedDataParallelPlugin GradientState ParallelismConfig PartialState \
            PrecisionType",
    },
    Classes {
        packages: "pytz",
        names: "\
            DstTzInfo StaticTzInfo _UTC",
    },
    Classes {
        packages: "dateutil",
        names: "\
            relativedelta rrule tzlocal tzoffset tzutc weekday",
    },
    Classes {
        packages: "PIL",
        names: "\
            Image",
    },
    Classes {
        packages: "networkx",
        names: "\
            AdjacencyView DegreeView DiGraph EdgeView Graph MultiDiGraph MultiGraph NodeView",
    },
];
